import './css'
import { Trans, useLingui } from '@lingui/react/macro'
import { Link, Redirect } from 'wouter'
import { useMe } from '../../api/session'
import { type SettingsPage, settingsPath } from '../../paths'
import { People } from '../admin/People'
import { Providers } from '../admin/Providers'
import { Mailboxes } from '../connect/Mailboxes'
import { NavButton } from '../shell/nav'
import { Preferences } from './Preferences'
import classes from './Settings.module.css'

const pages = { mailboxes: Mailboxes, preferences: Preferences, people: People, providers: Providers }
const forAdmins: SettingsPage[] = ['people', 'providers']

export default function Settings({ params }: { params: { page?: string } }) {
  const { t } = useLingui()
  const { user } = useMe()
  const names = {
    mailboxes: t`Mailboxes`,
    preferences: t`Preferences`,
    people: t`People`,
    providers: t`Providers`,
  }
  const open = (Object.keys(pages) as SettingsPage[]).filter(
    (page) => user.role === 'admin' || !forAdmins.includes(page),
  )
  const page = open.find((one) => one === params.page)
  if (!page) return <Redirect to={settingsPath('mailboxes')} replace />
  const Page = pages[page]
  return (
    <main className={classes.settings}>
      <header className={classes.head}>
        <NavButton />
        <h1 className={classes.title}>
          <Trans>Settings</Trans>
        </h1>
        <nav className={classes.tabs} aria-label={t`Settings`}>
          {open.map((one) => (
            <Link
              key={one}
              href={settingsPath(one)}
              className={classes.tab}
              aria-current={one === page ? 'page' : undefined}
            >
              {names[one]}
            </Link>
          ))}
        </nav>
      </header>
      <div className={classes.scroll}>
        <div className={classes.page}>
          <Page />
        </div>
      </div>
    </main>
  )
}
