import { Redirect } from 'wouter'
import { useMailboxes } from '../../api/mailboxes'
import { mailPath, settingsPath } from '../../paths'
import { Broken } from '../../ui/Broken'
import { inboxOf } from '../folders/roles'
import { Splash } from './Splash'

/** Where somebody lands: in the first inbox, or where a mailbox is connected. */
export function Home() {
  const mailboxes = useMailboxes()
  if (mailboxes.isPending) return <Splash />
  if (!mailboxes.data) return <Broken error={mailboxes.error} retry={() => mailboxes.refetch()} />
  const inbox = mailboxes.data.map(inboxOf).find(Boolean)
  return <Redirect to={inbox ? mailPath(inbox.id) : settingsPath('mailboxes')} replace />
}
