import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useLocation } from 'wouter'
import { pageSize } from '../../api/messages'
import { NavButton } from '../shell/nav'
import classes from './ListHead.module.css'
import { SearchBox } from './SearchBox'

type Props = { q: string; mailbox?: string; count?: number; scope?: number }

/** Above what a search found: the box, and how much was looked through. */
export function SearchHead({ q, count, scope }: Props) {
  const { i18n } = useLingui()
  const [, go] = useLocation()
  return (
    <header className={classes.head}>
      <div className={classes.search}>
        <NavButton />
        <SearchBox q={q} onClear={() => go('/')} />
      </div>
      <div className={classes.line}>
        <h1 className={classes.title}>
          <Trans>Search</Trans>
        </h1>
        <span className={classes.count}>
          {q.trim() !== '' && count !== undefined && count <= pageSize && (
            <Plural value={count} one="# mail found" other="# mails found" />
          )}
          {count !== undefined && count > pageSize && <Trans>more than {pageSize} mails found</Trans>}
        </span>
      </div>
      {scope !== undefined && (
        <div className={classes.scope} role="status">
          <Trans>Looked through {scope.toLocaleString(i18n.locale)} mails in all your folders.</Trans>
        </div>
      )}
    </header>
  )
}
