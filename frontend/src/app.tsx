import { lazy, Suspense } from 'react'
import { Redirect, Route, Switch, useRoute } from 'wouter'
import { useSession } from './api/session'
import { SignIn } from './features/auth/SignIn'
import { Shell } from './features/shell/Shell'
import { Splash } from './features/shell/Splash'
import { routes } from './paths'
import { Broken } from './ui/Broken'

const Setup = lazy(() => import('./features/auth/Setup'))
const Invite = lazy(() => import('./features/auth/Invite'))
const Reset = lazy(() => import('./features/auth/Reset'))
const Problems = lazy(() => import('./features/help/Problems'))

/** The first fork: not known yet, nobody signed in, or somebody. */
export function App() {
  const session = useSession()
  const [helping] = useRoute(routes.problems)
  // Links that came by mail open for everybody, signed in or not.
  const [invited] = useRoute(routes.invite)
  const [resetting] = useRoute(routes.reset)
  if (helping) {
    return (
      <Suspense fallback={<Splash />}>
        <Problems />
      </Suspense>
    )
  }
  if (invited || resetting)
    return <Suspense fallback={<Splash />}>{invited ? <Invite /> : <Reset />}</Suspense>
  if (session.isPending) return <Splash />
  if (session.data === undefined) return <Broken error={session.error} retry={() => session.refetch()} />
  if (session.data) {
    return (
      <Switch>
        <Route path={routes.setup}>
          <Redirect to="/" replace />
        </Route>
        <Route>
          <Shell key={session.data.user.id} />
        </Route>
      </Switch>
    )
  }
  return (
    <Switch>
      <Route path={routes.setup}>
        <Suspense fallback={<Splash />}>
          <Setup />
        </Suspense>
      </Route>
      <Route>
        <SignIn />
      </Route>
    </Switch>
  )
}
