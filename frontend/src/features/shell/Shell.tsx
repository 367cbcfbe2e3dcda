import { useMatches } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import { useChanges } from '../../api/events'
import { routes } from '../../paths'
import { ActionDesk } from '../../ui/actions'
import { ErrorWall } from '../../ui/ErrorWall'
import { usePreferences } from '../../ui/preferences'
import { ComposeDesk } from '../compose/Desk'
import { MailPage } from '../mail/MailPage'
import { SearchPage } from '../mail/SearchPage'
import { Palette } from '../palette/Palette'
import { Home } from './Home'
import { NavContext } from './nav'
import { OfflineBar } from './OfflineBar'
import classes from './Shell.module.css'
import { ShellActions } from './ShellActions'
import { Sidebar } from './Sidebar'
import { Splash } from './Splash'
import { useUnreadTitle } from './useUnreadTitle'

const SideDrawer = lazy(() => import('./SideDrawer'))
const Settings = lazy(() => import('../settings/Settings'))
const FollowLink = lazy(() => import('../connect/FollowLink'))
const Preflight = lazy(() => import('../connect/Preflight'))
const Outbox = lazy(() => import('../outbox/Outbox'))

/** Everything that somebody sees who is signed in. */
export function Shell() {
  const connected = useChanges()
  const { keys } = usePreferences()
  const narrow = useMatches({ base: true, sm: false })
  const [drawer, setDrawer] = useState(false)
  useUnreadTitle()

  return (
    <ActionDesk off={!keys}>
      <ComposeDesk>
        <NavContext value={{ narrow, open: () => setDrawer(true) }}>
          <ShellActions />
          <div className={classes.shell}>
            {!connected && <OfflineBar />}
            <div className={classes.body}>
              {narrow ? (
                <Suspense fallback={null}>
                  <SideDrawer opened={drawer} onClose={() => setDrawer(false)} />
                </Suspense>
              ) : (
                <aside className={classes.side}>
                  <Sidebar />
                </aside>
              )}
              <ErrorWall>
                <Suspense fallback={<Splash />}>
                  <Switch>
                    <Route path={routes.mail} component={MailPage} />
                    <Route path={routes.search} component={SearchPage} />
                    <Route path={routes.outbox} component={Outbox} />
                    <Route path={routes.settings} component={Settings} />
                    <Route path={routes.connect} component={Preflight} />
                    <Route path={routes.link} component={FollowLink} />
                    <Route path="/" component={Home} />
                    <Route>
                      <Redirect to="/" replace />
                    </Route>
                  </Switch>
                </Suspense>
              </ErrorWall>
            </div>
          </div>
          <Palette />
        </NavContext>
      </ComposeDesk>
    </ActionDesk>
  )
}
