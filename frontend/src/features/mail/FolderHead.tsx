import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Progress } from '@mantine/core'
import { Link } from 'wouter'
import type { Filter, Folder, Mailbox } from '../../api/types'
import { placePath } from '../../paths'
import { folderName } from '../folders/roles'
import { NavButton } from '../shell/nav'
import classes from './ListHead.module.css'
import { MailboxState } from './MailboxState'
import { SearchBox } from './SearchBox'

type Props = {
  place: { folder: string; show?: Filter }
  folder?: Folder
  mailbox?: Mailbox
  count?: number
}

/** Above the list: search, which folder this is, and which of its mails are shown. */
export function FolderHead({ place, folder, mailbox, count }: Props) {
  const { t, i18n } = useLingui()
  const filters: { show?: Filter; label: string }[] = [
    { label: t`All` },
    { show: 'unread', label: t`Unread` },
    { show: 'flagged', label: t`Starred` },
  ]
  const syncing = mailbox?.state === 'syncing' && mailbox.sync.total > 0
  return (
    <header className={classes.head}>
      <div className={classes.search}>
        <NavButton />
        <SearchBox mailbox={mailbox} />
      </div>
      <div className={classes.line}>
        <h1 className={classes.title}>{folder ? folderName(folder) : ' '}</h1>
        <span className={classes.count}>
          {count !== undefined && <Plural value={count} one="# mail" other="# mails" />}
        </span>
        <nav className={classes.filters} aria-label={t`Show`}>
          {filters.map(({ show, label }) => (
            <Link
              key={label}
              href={placePath({ folder: place.folder, show })}
              className={classes.filter}
              aria-current={place.show === show ? 'true' : undefined}
            >
              {label}
            </Link>
          ))}
        </nav>
      </div>
      {syncing && (
        <div className={classes.sync}>
          <span>
            <Trans>
              Fetching older mail: {mailbox.sync.done.toLocaleString(i18n.locale)} of{' '}
              {mailbox.sync.total.toLocaleString(i18n.locale)}
            </Trans>
          </span>
          <Progress
            value={(100 * mailbox.sync.done) / mailbox.sync.total}
            size={4}
            aria-label={t`First fetch of this mailbox`}
          />
        </div>
      )}
      {mailbox && <MailboxState mailbox={mailbox} />}
    </header>
  )
}
