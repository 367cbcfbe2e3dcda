import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconCircleCheck, IconFolder, IconRefresh, IconStar } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { Filter, Folder, Mailbox } from '../../api/types'
import { placePath } from '../../paths'
import { Empty } from '../../ui/Empty'

type Props = { mailbox?: Mailbox; folder?: Folder; show?: Filter }

/** A folder, or what is asked of it, that holds no mail. */
export function FolderEmpty({ mailbox, folder, show }: Props) {
  const busy = mailbox?.state === 'syncing' || mailbox?.state === 'connecting'
  if (busy && !show) {
    return (
      <Empty icon={<IconRefresh size={32} stroke={1.5} />} title={<Trans>Your mail is on its way</Trans>}>
        <Trans>Postroom is fetching it, newest first. You can read as soon as the first ones are here.</Trans>
      </Empty>
    )
  }
  if (show) {
    const all = folder && (
      <Button component={Link} href={placePath({ folder: folder.id })} variant="light">
        <Trans>Show all mails</Trans>
      </Button>
    )
    return show === 'unread' ? (
      <Empty
        icon={<IconCircleCheck size={32} stroke={1.5} />}
        title={<Trans>Everything is read</Trans>}
        action={all}
      />
    ) : (
      <Empty
        icon={<IconStar size={32} stroke={1.5} />}
        title={<Trans>Nothing is starred here</Trans>}
        action={all}
      >
        <Trans>The star marks a mail that you want to find again; press s on it.</Trans>
      </Empty>
    )
  }
  if (folder?.role === 'inbox') {
    return (
      <Empty icon={<IconCircleCheck size={32} stroke={1.5} />} title={<Trans>Your inbox is empty</Trans>}>
        <Trans>New mail appears here by itself.</Trans>
      </Empty>
    )
  }
  return <Empty icon={<IconFolder size={32} stroke={1.5} />} title={<Trans>This folder is empty</Trans>} />
}
