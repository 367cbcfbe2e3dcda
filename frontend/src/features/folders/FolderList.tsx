import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Skeleton } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useRoute } from 'wouter'
import { useMailboxes } from '../../api/mailboxes'
import type { Mailbox } from '../../api/types'
import { mailPath, routes, settingsPath } from '../../paths'
import { Broken } from '../../ui/Broken'
import classes from './FolderList.module.css'
import { MailboxMark } from './MailboxMark'
import { RoleIcon } from './RoleIcon'
import { depth, folderName, sorted } from './roles'
import { SideLink } from './SideLink'

/** The folders of every mailbox, each mailbox under its address. */
export function FolderList({ onGo }: { onGo?: () => void }) {
  const mailboxes = useMailboxes()
  if (mailboxes.isPending) return <Loading />
  if (!mailboxes.data) return <Broken error={mailboxes.error} retry={() => mailboxes.refetch()} />
  if (mailboxes.data.length === 0) {
    return (
      <div className={classes.none}>
        <p>
          <Trans>Your folders appear here when a mailbox is connected.</Trans>
        </p>
        <Button
          component={Link}
          href={settingsPath('mailboxes')}
          onClick={onGo}
          variant="light"
          size="sm"
          fullWidth
          leftSection={<IconPlus size={16} />}
        >
          <Trans>Connect a mailbox</Trans>
        </Button>
      </div>
    )
  }
  return mailboxes.data.map((mailbox) => <MailboxFolders key={mailbox.id} mailbox={mailbox} onGo={onGo} />)
}

function MailboxFolders({ mailbox, onGo }: { mailbox: Mailbox; onGo?: () => void }) {
  const { t } = useLingui()
  const [, params] = useRoute(routes.mail)
  const counted = (role: string) => role !== 'sent' && role !== 'trash' && role !== 'archive'
  return (
    <section className={classes.mailbox}>
      <div className={classes.head}>
        <h2 className={classes.address} title={mailbox.address}>
          {mailbox.address}
        </h2>
        <MailboxMark mailbox={mailbox} onGo={onGo} />
      </div>
      {sorted(mailbox.folders).map((folder) => (
        <SideLink
          key={folder.id}
          href={mailPath(folder.id)}
          icon={<RoleIcon role={folder.role} />}
          label={folderName(folder)}
          current={params?.folder === folder.id}
          count={folder.role === 'drafts' ? folder.total : counted(folder.role) ? folder.unread : 0}
          countLabel={folder.role === 'drafts' ? t`drafts` : t`unread`}
          indent={depth(folder)}
          onGo={onGo}
        />
      ))}
    </section>
  )
}

function Loading() {
  return (
    <div className={classes.loading} aria-hidden>
      {[70, 44, 52, 40, 56, 48].map((width) => (
        <Skeleton key={width} h={14} w={`${width}%`} />
      ))}
    </div>
  )
}
