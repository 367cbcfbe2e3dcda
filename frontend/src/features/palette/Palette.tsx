import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense, useState } from 'react'
import { useActions } from '../../ui/actions'

const Board = lazy(() => import('./Board'))

/** Everything that can be done right now, with its keys; loaded when it is first opened. */
export function Palette() {
  const { t } = useLingui()
  const [opened, setOpened] = useState(false)
  const [wanted, setWanted] = useState(false)
  const open = () => {
    setWanted(true)
    setOpened(true)
  }
  useActions([
    { id: 'palette', label: t`Everything that can be done`, keys: 'mod+K', run: open, quiet: true },
    { id: 'keys', label: t`Keys`, keys: '?', run: open, quiet: true },
  ])
  return (
    <Suspense fallback={null}>
      {wanted && <Board opened={opened} onClose={() => setOpened(false)} />}
    </Suspense>
  )
}
