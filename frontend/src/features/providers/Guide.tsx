import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Code } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import classes from './Guide.module.css'
import type { GuideStep } from './guides'
import type { Form } from './values'

type Props = { steps: GuideStep[]; form: Form; finish: ReactNode }

/** Setting a provider up, one step at a time. The last one tests and saves. */
export function Guide({ steps, form, finish }: Props) {
  const { t } = useLingui()
  const [at, setAt] = useState(0)
  const head = useRef<HTMLHeadingElement>(null)
  const started = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a step that opens takes the focus
  useEffect(() => {
    if (started.current) head.current?.focus()
    started.current = true
  }, [at])
  const step = steps[at]
  if (!step) return null
  const { name: Name, Content, Done, missed } = step
  const last = at === steps.length - 1
  const number = at + 1
  return (
    <div className={classes.guide}>
      <ol className={classes.steps} aria-label={t`Steps`}>
        {steps.map(({ name: StepName }, i) => (
          <li key={i}>
            <button
              type="button"
              className={classes.tab}
              aria-current={i === at ? 'step' : undefined}
              data-passed={i < at || undefined}
              onClick={() => setAt(i)}
            >
              <span className={classes.number}>{i < at ? <IconCheck size={14} /> : i + 1}</span>
              <StepName />
            </button>
          </li>
        ))}
      </ol>
      <div className={classes.step}>
        <div>
          <div className={classes.count}>
            <Trans>
              Step {number} of {steps.length}
            </Trans>
          </div>
          <h3 className={classes.title} ref={head} tabIndex={-1}>
            <Name />
          </h3>
        </div>
        <Content form={form} />
        {Done && (
          <p className={classes.done}>
            <b>
              <Trans>Done when:</Trans>
            </b>{' '}
            <Done />
          </p>
        )}
        {missed && (
          <details className={classes.missed}>
            <summary>
              <Trans>What you see when this was missed</Trans>
            </summary>
            <ul>
              {missed.map(({ code, Words }) => (
                <li key={code}>
                  <Code>{code}</Code> <Words />
                </li>
              ))}
            </ul>
          </details>
        )}
        {last && finish}
        <div className={classes.bar}>
          {at > 0 && (
            <Button variant="default" onClick={() => setAt(at - 1)}>
              <Trans>Back</Trans>
            </Button>
          )}
          {!last && (
            <Button onClick={() => setAt(at + 1)}>
              <Trans>Done, next step</Trans>
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}
