import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Loader } from '@mantine/core'
import {
  IconCircle,
  IconCircleCheck,
  IconCircleMinus,
  IconCircleX,
  IconPlugConnected,
} from '@tabler/icons-react'
import type { Provider, TrialStep } from '../../api/types'
import { ProblemNotice } from '../../ui/ProblemNotice'
import classes from './TrialPanel.module.css'
import { useTrial } from './useTrial'
import type { ProviderValues } from './values'

type Props = { values: ProviderValues; stored?: Provider }

/** Tries the form's settings, saved or not, and shows each step as it ends. */
export function TrialPanel({ values, stored }: Props) {
  const { t } = useLingui()
  const { trial, run } = useTrial(stored)
  const names: Record<TrialStep['name'], string> = {
    settings: t`The settings are complete`,
    reach: t`The sign-in service can be reached`,
    discovery: t`Tenant and addresses are found`,
    secret: t`Client ID and client secret are accepted`,
    second: t`The second client secret is accepted`,
    imap: t`The IMAP server takes sign-ins`,
    smtp: t`The SMTP server takes sign-ins`,
  }
  const order = Object.keys(names) as TrialStep['name'][]
  const next = trial?.running
    ? order.find((name) => !trial.steps.some((step) => step.name === name))
    : undefined
  const failed = trial?.steps.filter((step) => step.outcome === 'failed').length ?? 0
  return (
    <section className={classes.trial} aria-label={t`Test connection`}>
      <div className={classes.head}>
        <Button
          variant="light"
          leftSection={<IconPlugConnected size={17} />}
          loading={trial?.running}
          onClick={() => run(values)}
        >
          <Trans>Test connection</Trans>
        </Button>
        <span className={classes.sum} role="status" data-bad={failed > 0 || undefined}>
          {!trial ? (
            <Trans>Nobody signs in, and nothing is stored.</Trans>
          ) : trial.running ? (
            <Trans>Testing…</Trans>
          ) : failed > 0 ? (
            <Plural value={failed} one="# step failed." other="# steps failed." />
          ) : (
            !trial.problem && <Trans>Everything is green: mailboxes can be connected.</Trans>
          )}
        </span>
      </div>
      {trial?.problem && <ProblemNotice urgent problem={trial.problem} />}
      {trial && (
        <ol className={classes.steps}>
          {order.map((name) => (
            <Step
              key={name}
              name={names[name]}
              step={trial.steps.find((step) => step.name === name)}
              now={name === next}
            />
          ))}
        </ol>
      )}
    </section>
  )
}

function Step({ name, step, now }: { name: string; step?: TrialStep; now: boolean }) {
  const { t } = useLingui()
  const outcomes = { ok: t`passed`, failed: t`failed`, skipped: t`skipped` }
  return (
    <li className={classes.step} data-outcome={step?.outcome}>
      <span className={classes.icon}>{now ? <Loader size={16} /> : <Mark outcome={step?.outcome} />}</span>
      <div className={classes.words}>
        <span className={classes.name}>
          {name}
          {step && <span className={classes.outcome}> · {outcomes[step.outcome]}</span>}
        </span>
        {step?.words && <span className={classes.found}>{step.words}</span>}
        {step?.problem && <ProblemNotice problem={step.problem} />}
      </div>
      {step && step.outcome !== 'skipped' && <span className={classes.took}>{step.ms} ms</span>}
    </li>
  )
}

function Mark({ outcome }: { outcome?: TrialStep['outcome'] }) {
  if (outcome === 'ok') return <IconCircleCheck size={19} aria-hidden />
  if (outcome === 'failed') return <IconCircleX size={19} aria-hidden />
  if (outcome === 'skipped') return <IconCircleMinus size={19} aria-hidden />
  return <IconCircle size={19} aria-hidden />
}
