import '@mantine/core/styles/Notification.layer.css'
import '@mantine/notifications/styles.layer.css'
import { Notifications } from '@mantine/notifications'

/** Where notes appear (toast.tsx). */
export default function Toasts() {
  return <Notifications position="bottom-center" containerWidth={400} limit={3} zIndex={400} />
}
