import { useLingui } from '@lingui/react/macro'
import { VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import type { EmailStep } from '../../api/types'
import { ProblemNotice } from '../../ui/ProblemNotice'
import classes from './Steps.module.css'

const icons = {
  ok: <IconCheck size={15} stroke={3} />,
  warning: <IconAlertTriangle size={15} />,
  failed: <IconX size={15} stroke={3} />,
  skipped: <IconMinus size={15} />,
}

/** The steps of a connection test in the order in which they were tried. */
export function Steps({ steps }: { steps: EmailStep[] }) {
  const { t } = useLingui()
  const names: Record<EmailStep['name'], string> = {
    fields: t`The fields are filled in right`,
    connect: t`The server can be reached`,
    tls: t`The connection is encrypted`,
    sign_in: t`The server takes the sign-in`,
    token: t`Microsoft gives the app a token`,
    audience: t`The token is for Microsoft Graph`,
    role: t`The token holds the permission Mail.Send`,
    mailbox: t`The mailbox can send`,
  }
  const results: Record<EmailStep['result'], string> = {
    ok: t`passed`,
    warning: t`warning`,
    failed: t`failed`,
    skipped: t`not tried`,
  }
  return (
    <ol className={classes.steps} aria-label={t`Connection test`} aria-live="polite">
      {steps.map((step) => (
        <li key={step.name} className={classes.step} data-result={step.result}>
          <span className={classes.mark} aria-hidden>
            {icons[step.result]}
          </span>
          <div className={classes.words}>
            <span className={classes.name}>
              {names[step.name]}
              <VisuallyHidden>: {results[step.result]}</VisuallyHidden>
            </span>
            {step.detail && <span className={classes.detail}>{step.detail}</span>}
            {step.problem && <ProblemNotice problem={step.problem} />}
          </div>
        </li>
      ))}
    </ol>
  )
}
