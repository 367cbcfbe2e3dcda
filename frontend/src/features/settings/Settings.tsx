import './css'
import { Trans, useLingui } from '@lingui/react/macro'
import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { Link, Redirect } from 'wouter'
import { useMe } from '../../api/session'
import { type SettingsPage, settingsPath } from '../../paths'
import { NavButton } from '../shell/nav'
import { groups, pages } from './pages'
import classes from './Settings.module.css'

const AdminBanner = lazy(() => import('../providers/AdminBanner'))

export default function Settings({ params }: { params: { page?: string } }) {
  const { t } = useLingui()
  const { user } = useMe()
  const names = (Object.keys(pages) as SettingsPage[]).filter(
    (name) => pages[name].roles?.includes(user.role) ?? true,
  )
  const open = names.find((name) => name === params.page)
  if (!open) return <Redirect to={settingsPath('mailboxes')} replace />
  const { Content } = pages[open]
  const used = (Object.keys(groups) as (keyof typeof groups)[]).filter((group) =>
    names.some((name) => pages[name].group === group),
  )
  return (
    <main className={classes.settings}>
      <header className={classes.head}>
        <NavButton />
        <h1 className={classes.title}>
          <Trans>Settings</Trans>
        </h1>
      </header>
      <div className={classes.columns}>
        <nav className={classes.nav} aria-label={t`Settings`}>
          {used.map((group) => (
            <section key={group} className={classes.group} aria-label={t(groups[group])}>
              {used.length > 1 && <h2 className={classes.heading}>{t(groups[group])}</h2>}
              {names
                .filter((name) => pages[name].group === group)
                .map((name) => (
                  <Link
                    key={name}
                    href={settingsPath(name)}
                    className={classes.tab}
                    aria-current={name === open ? 'page' : undefined}
                  >
                    {t(pages[name].name)}
                  </Link>
                ))}
            </section>
          ))}
        </nav>
        <div className={classes.scroll}>
          <div className={classes.page}>
            {user.role === 'admin' && open !== 'providers' && (
              <Suspense>
                <AdminBanner />
              </Suspense>
            )}
            <Suspense fallback={<Skeleton h={180} radius="lg" />}>
              <Content />
            </Suspense>
          </div>
        </div>
      </div>
    </main>
  )
}
