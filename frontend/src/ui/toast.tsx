// Short notes at the edge of the page: what was done with a way back, and what was refused.
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import type { NotificationData } from '@mantine/notifications'
import type { Problem } from '../api/types'
import { newId } from './id'
import classes from './toast.module.css'

const patience = 6000

// The library comes with the first note, not with the page.
const load = () => import('@mantine/notifications')
const show = (note: NotificationData) =>
  void load().then((all) =>
    all.notifications.show({ withBorder: true, closeButtonProps: { 'aria-label': t`Close` }, ...note }),
  )
const hide = (id: string) => void load().then((all) => all.notifications.hide(id))

/** What can still be taken back: one thing at a time, the last one done. */
let last: { id: string; undo: () => void } | undefined

/** Says what was done and offers to take it back for some seconds. */
export function offerUndo(message: string, undo: () => void) {
  if (last) hide(last.id)
  const id = newId()
  last = { id, undo }
  show({
    id,
    autoClose: patience,
    color: 'ink',
    onClose: () => {
      if (last?.id === id) last = undefined
    },
    message: (
      <div className={classes.undo}>
        <span>{message}</span>
        <Button size="compact-sm" variant="light" onClick={undoNow}>
          <Trans>Undo</Trans>
        </Button>
      </div>
    ),
  })
}

/** Takes back what the note offers to, by its button or by key. */
export function undoNow() {
  if (!last) return
  const { id, undo } = last
  last = undefined
  hide(id)
  undo()
}

export function say(message: string) {
  show({ message, autoClose: 4000, color: 'ink' })
}

export function complain(problem: Problem) {
  show({
    title: problem.title,
    message: [problem.detail, problem.action].filter(Boolean).join(' '),
    autoClose: 10_000,
    color: 'red',
    role: 'alert',
  })
}
