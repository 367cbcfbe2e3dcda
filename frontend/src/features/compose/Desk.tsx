// The compose windows. What is written is in here and in the browser's storage; the window itself
// with its editor is loaded when it is first wanted.
import { useLingui } from '@lingui/react/macro'
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useMailboxes } from '../../api/mailboxes'
import { useMe } from '../../api/session'
import { ErrorWall } from '../../ui/ErrorWall'
import { say } from '../../ui/toast'
import classes from './Desk.module.css'
import { begin, type Draft, fromMailto, type Start } from './draft'
import { claim, forget, keep, kept } from './keep'

const load = () => import('./Composer')
const Composer = lazy(load)

type Compose = {
  open: (start?: Start) => void
  openMailto: (href: string) => void
  /** For whatever opens a window: the editor is fetched while the pointer is still on its way. */
  prefetch: { onPointerEnter: () => void; onFocus: () => void }
}

type Window = { draft: Draft; from: Draft; release?: () => void }

const ComposeContext = createContext<Compose | null>(null)

export function useCompose(): Compose {
  const compose = useContext(ComposeContext)
  if (!compose) throw new Error('useCompose outside of ComposeDesk')
  return compose
}

export function ComposeDesk({ children }: { children: ReactNode }) {
  const { t, i18n } = useLingui()
  const { user } = useMe()
  const mailboxes = useMailboxes().data
  const [windows, setWindows] = useState<Window[]>([])
  const [front, setFront] = useState<string>()

  const show = (one: Window) => {
    setWindows((all) => (all.some(({ draft }) => draft.id === one.draft.id) ? all : [...all, one]))
    void claim(one.draft.id).then((release) => {
      setWindows((all) => all.map((w) => (w.draft.id === one.draft.id ? { ...w, release } : w)))
    })
  }
  const open = (start: Start = { kind: 'new' }) => {
    const usable = mailboxes?.filter((box) => box.canSend) ?? []
    const wanted =
      start.kind === 'new' ? undefined : mailboxes?.find((box) => box.id === start.message.mailbox)
    const from = wanted ?? usable[0] ?? mailboxes?.[0]
    if (!from) return say(t`Connect a mailbox first, then you can write.`)
    const mine = {
      mailbox: from.id,
      addresses: mailboxes?.map((box) => box.address) ?? [],
      locale: i18n.locale,
    }
    const draft = begin(start, mine)
    show({ draft, from: draft })
    setFront(draft.id)
  }

  // What a crash or a reload interrupted comes back, folded, unless another tab still has it.
  const recovered = useRef(false)
  useEffect(() => {
    if (recovered.current) return
    recovered.current = true
    for (const { draft, from } of kept(user.id)) {
      void claim(draft.id).then((release) => {
        if (release) setWindows((all) => [...all, { draft, from, release }])
      })
    }
  }, [user.id])

  const latest = useRef(open)
  latest.current = open
  const compose = useMemo<Compose>(
    () => ({
      open: (start) => latest.current(start),
      openMailto: (href) => latest.current(fromMailto(href)),
      prefetch: { onPointerEnter: load, onFocus: load },
    }),
    [],
  )
  const close = (id: string) => {
    forget(user.id, id)
    windows.find(({ draft }) => draft.id === id)?.release?.()
    setWindows((all) => all.filter(({ draft }) => draft.id !== id))
  }

  return (
    <ComposeContext value={compose}>
      {children}
      <ErrorWall>
        <div className={classes.desk}>
          <Suspense fallback={null}>
            {windows.map(({ draft, from }) => (
              <Composer
                key={draft.id}
                draft={draft}
                from={from}
                folded={draft.id !== front}
                onFold={(folded) => setFront(folded ? undefined : draft.id)}
                onKeep={(now, base) => keep(user.id, now, base)}
                onClose={() => close(draft.id)}
              />
            ))}
          </Suspense>
        </div>
      </ErrorWall>
    </ComposeContext>
  )
}
