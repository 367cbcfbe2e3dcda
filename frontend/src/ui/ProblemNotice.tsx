import { Trans, useLingui } from '@lingui/react/macro'
import { IconAlertTriangle, IconClock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Problem } from '../api/types'
import { CopyButton } from './CopyButton'
import { CopyMessage } from './CopyMessage'
import { Notice } from './Notice'
import classes from './ProblemNotice.module.css'

export function Who({ who }: { who: Problem['who'] }) {
  if (who === 'admin') return <Trans>For the administrator of your organisation</Trans>
  if (who === 'operator') return <Trans>For whoever runs this Postroom</Trans>
  if (who === 'wait') return <Trans>Nothing to do: it passes by itself</Trans>
  return <Trans>You can mend this</Trans>
}

type Props = { problem: Problem; actions?: ReactNode; children?: ReactNode; urgent?: boolean }

/** A problem in full: what happened, who must act, what to do, and the machine's own words on request. */
export function ProblemNotice({ problem, actions, children, urgent }: Props) {
  const { t } = useLingui()
  const waiting = problem.who === 'wait'
  const number = problem.id && t`Number of this problem: ${problem.id}`
  const raw = [problem.raw, number].filter(Boolean).join('\n')
  return (
    <Notice
      tone={waiting ? 'warn' : 'bad'}
      icon={waiting ? <IconClock size={18} /> : <IconAlertTriangle size={18} />}
      title={problem.title}
      actions={actions}
      urgent={urgent}
    >
      {problem.detail && <p className={classes.line}>{problem.detail}</p>}
      <p className={classes.line}>
        <span className={classes.who}>
          <Who who={problem.who} />
        </span>
        {problem.action && <> · {problem.action}</>}
      </p>
      {children}
      {problem.message && (
        <CopyMessage who={problem.who} text={[problem.message, number].filter(Boolean).join('\n\n')} />
      )}
      <div className={classes.more}>
        {problem.type && (
          <a href={problem.type} target="_blank" rel="noreferrer">
            <Trans>About this problem</Trans>
          </a>
        )}
        {raw && (
          <details>
            <summary>
              <Trans>Details</Trans>
            </summary>
            <div className={classes.raw}>
              <pre>{raw}</pre>
              <CopyButton text={`${problem.code}: ${problem.title}\n${problem.detail ?? ''}\n${raw}`} />
            </div>
          </details>
        )}
      </div>
    </Notice>
  )
}
