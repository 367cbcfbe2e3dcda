import { useLingui } from '@lingui/react/macro'
import { Loader } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleXFilled,
} from '@tabler/icons-react'
import type { Step } from '../../api/types'
import classes from './AttemptSteps.module.css'

const order: Step['name'][] = [
  'sign_in',
  'token',
  'scopes',
  'account',
  'imap',
  'inbox',
  'smtp',
  'sent',
  'store',
]

type State = Step['state'] | 'waiting'

/** The steps of an attempt: what was, what runs, and what is still to come. */
export function AttemptSteps({ steps, running }: { steps: Step[]; running: boolean }) {
  const { t } = useLingui()
  const told = new Map(steps.map((step) => [step.name, step]))
  const names = {
    sign_in: t`Sign-in`,
    token: t`Access for Postroom`,
    scopes: t`Permissions`,
    account: t`Account`,
    imap: t`Mailbox`,
    inbox: t`Inbox`,
    smtp: t`Sending (nothing is sent)`,
    sent: t`Folder for sent mail`,
    store: t`Connection kept`,
  }
  const words: Record<State, string> = {
    ok: t`done`,
    running: t`under way`,
    warning: t`not possible`,
    failed: t`failed`,
    waiting: t`still to come`,
  }
  return (
    <ol className={classes.steps} aria-label={t`Steps`} aria-busy={running}>
      {order.map((name) => {
        const step = told.get(name)
        const state: State = step?.state ?? 'waiting'
        const { problem, detail } = step ?? {}
        return (
          <li key={name} className={classes.step} data-step={name} data-state={state}>
            <span className={classes.icon} role="img" aria-label={words[state]}>
              <Mark state={state} />
            </span>
            <span className={classes.name}>
              {names[name]}
              {detail && <span className={classes.detail}>{detail}</span>}
            </span>
            <span className={classes.took}>{step && state !== 'running' && took(step.ms)}</span>
            {problem && <p className={classes.problem}>{problem.raw?.split('\n')[0] || problem.title}</p>}
          </li>
        )
      })}
    </ol>
  )
}

function Mark({ state }: { state: State }) {
  if (state === 'running') return <Loader size={16} />
  if (state === 'ok') return <IconCircleCheckFilled size={18} />
  if (state === 'warning') return <IconAlertTriangle size={18} />
  if (state === 'failed') return <IconCircleXFilled size={18} />
  return <IconCircleDashed size={18} />
}

const took = (ms: number) => (ms < 1 ? '' : ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`)
