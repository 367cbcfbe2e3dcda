import '../../ui/dialogCss'
import { Drawer } from '@mantine/core'
import { Sidebar } from './Sidebar'

/** The left pane where it has no room of its own: it slides in. */
export default function SideDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      size={300}
      padding={0}
      withCloseButton={false}
      styles={{ body: { height: '100%' } }}
    >
      <Sidebar onGo={onClose} />
    </Drawer>
  )
}
