import './ui/css'
import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueries, serverAnswers } from './api/client'
import { signedOut } from './api/session'
import { App } from './app'
import { activate, choose } from './i18n/locale'
import { nonce, shareNonce } from './ui/nonce'
import { storedLocale } from './ui/preferences'
import { theme, variables } from './ui/theme'

const Toasts = lazy(() => import('./ui/Toasts'))

// A page that was open during an update asks for a file that is gone: load the new page. Not when
// the network is gone, for then the page that is open is all there is; and not again and again.
addEventListener('vite:preloadError', async () => {
  const before = Number(sessionStorage.getItem('reloaded') ?? 0)
  if (Date.now() - before < 60_000 || !(await serverAnswers())) return
  sessionStorage.setItem('reloaded', String(Date.now()))
  location.reload()
})

// The parts that are loaded later, while nobody waits for them; settings at once for who lands there.
const settings = () => import('./features/settings/Settings')
if (location.pathname.startsWith('/settings')) void settings()
setTimeout(() => void import('./features/compose/Composer').catch(() => {}), 3000)

shareNonce()
const queries = createQueries(signedOut)

await activate(storedLocale() ?? choose(navigator.languages))
createRoot(document.getElementById('app') as HTMLElement).render(
  <I18nProvider i18n={i18n}>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={nonce}
    >
      <QueryClientProvider client={queries}>
        <Suspense fallback={null}>
          <Toasts />
        </Suspense>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </I18nProvider>,
)
