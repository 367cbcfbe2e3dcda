import './css'
import { Trans, useLingui } from '@lingui/react/macro'
import { Link, useSearchParams } from 'wouter'
import { settingsPath } from '../../paths'
import { Account } from './Account'
import classes from './Email.module.css'
import { Logs } from './Logs'
import { Templates } from './Templates'

type Tab = 'settings' | 'templates' | 'logs'

/** Postroom's own mail: how it leaves, what it says, and what became of it. */
export function Email() {
  const { t } = useLingui()
  const [search] = useSearchParams()
  const asked = search.get('tab')
  const tab: Tab = asked === 'templates' || asked === 'logs' ? asked : 'settings'
  const tabs: [Tab, string][] = [
    ['settings', t`Settings`],
    ['templates', t`Templates`],
    ['logs', t`Logs`],
  ]
  return (
    <>
      <header>
        <h2 className={classes.title}>
          <Trans>E-mail from Postroom</Trans>
        </h2>
        <p className={classes.lead}>
          <Trans>
            Invitations, new passwords, and the word to somebody whose mailbox needs them. People’s own mail
            has nothing to do with it.
          </Trans>
        </p>
      </header>
      <nav className={classes.tabs} aria-label={t`E-mail from Postroom`}>
        {tabs.map(([name, label]) => (
          <Link
            key={name}
            href={`${settingsPath('email')}${name === 'settings' ? '' : `?tab=${name}`}`}
            className={classes.tab}
            aria-current={name === tab ? 'page' : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      {tab === 'settings' && <Account />}
      {tab === 'templates' && <Templates />}
      {tab === 'logs' && <Logs />}
    </>
  )
}
