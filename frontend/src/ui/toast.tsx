// Short notes at the edge of the page: what was done with a way back, and what was refused.
import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Problem } from '../api/types'
import classes from './toast.module.css'

export const toastZone = 6000

let undoLast: (() => void) | undefined

/** Says what was done and offers to take it back for some seconds. */
export function offerUndo(message: string, undo: () => void) {
  const back = () => {
    undoLast = undefined
    notifications.hide(id)
    undo()
  }
  undoLast = back
  const id = notifications.show({
    autoClose: toastZone,
    withBorder: true,
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
  notifications.show({ message, autoClose: 4000, withBorder: true, color: 'ink' })
}

export function complain(problem: Problem) {
  notifications.show({
    title: problem.title,
    message: [problem.detail, problem.action].filter(Boolean).join(' '),
    autoClose: 10_000,
    withBorder: true,
    color: 'red',
    role: 'alert',
  })
}
