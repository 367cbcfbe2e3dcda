// What can be done right now, by key and by palette. A page tells its actions while it is shown.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react'
import { matches, typing } from './keys'

export type Action = {
  id: string
  label: string
  /** "j", "Shift+U", "mod+K"; several with a space between. The first is shown. */
  keys?: string
  icon?: ReactNode
  run: () => void
  /** Works by key only and is not offered in the palette. */
  quiet?: boolean
}

type Desk = { put: (owner: symbol, actions: Action[]) => void; all: () => Action[] }

const DeskContext = createContext<Desk | null>(null)

/** Holds the actions of everything below it and listens for their keys unless off. */
export function ActionDesk({ off, children }: { off: boolean; children: ReactNode }) {
  const owners = useRef(new Map<symbol, Action[]>())
  const desk = useMemo<Desk>(
    () => ({
      put: (owner, actions) => {
        if (actions.length) owners.current.set(owner, actions)
        else owners.current.delete(owner)
      },
      // The page that came last comes first, and wins a key that two pages want.
      all: () => [...owners.current.values()].reverse().flat(),
    }),
    [],
  )
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.defaultPrevented || typing(e)) return
      const action = desk.all().find(({ keys }) => keys && matches(keys, e))
      // Keys of one character can be switched off; with Ctrl or Cmd they stay (WCAG 2.1.4).
      if (!action || (off && !e.ctrlKey && !e.metaKey)) return
      e.preventDefault()
      action.run()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [desk, off])
  return <DeskContext value={desk}>{children}</DeskContext>
}

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('useDesk outside of ActionDesk')
  return desk
}

/** Offers these actions while the component is mounted. */
export function useActions(actions: Action[]) {
  const desk = useDesk()
  const owner = useRef(Symbol('actions'))
  useEffect(() => desk.put(owner.current, actions))
  useEffect(() => {
    const me = owner.current
    return () => desk.put(me, [])
  }, [desk])
}
