import { useEffect } from 'react'
import { useMailboxes } from '../../api/mailboxes'
import { inboxOf } from '../folders/roles'

type BadgeNavigator = Navigator & {
  setAppBadge?: (count: number) => Promise<void>
  clearAppBadge?: () => Promise<void>
}

/** Shows how many mails are unread in the tab's title and on the installed app's icon. */
export function useUnreadTitle() {
  const { data } = useMailboxes()
  const unread = data?.reduce((sum, box) => sum + (inboxOf(box)?.unread ?? 0), 0) ?? 0
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Postroom` : 'Postroom'
    const { setAppBadge, clearAppBadge } = navigator as BadgeNavigator
    const shown = unread > 0 ? setAppBadge?.call(navigator, unread) : clearAppBadge?.call(navigator)
    shown?.catch(() => {}) // only an installed app has a badge
  }, [unread])
}
