// Short notes at the edge of the page: what was done with a way back, and what was refused.
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
  void load().then((all) => all.notifications.show({ withBorder: true, ...note }))
const hide = (id: string) => void load().then((all) => all.notifications.hide(id))

let undoLast: (() => void) | undefined

/** Says what was done and offers to take it back for some seconds. */
export function offerUndo(message: string, undo: () => void) {
  const id = newId()
  const back = () => {
    undoLast = undefined
    hide(id)
    undo()
  }
  undoLast = back
  show({
    id,
    autoClose: patience,
    color: 'ink',
    onClose: () => {
      if (undoLast === back) undoLast = undefined
    },
    message: (
      <div className={classes.undo}>
        <span>{message}</span>
        <Button size="compact-sm" variant="light" onClick={back}>
          <Trans>Undo</Trans>
        </Button>
      </div>
    ),
  })
}

/** Takes back what the last toast offers to, as its button would. */
export function undoNow() {
  undoLast?.()
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
