import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { type OutgoingStep, useOutgoingStep } from '../../api/outgoing'
import { problemOf } from '../../api/problem'
import type { Outgoing } from '../../api/types'
import Confirm from '../../ui/Confirm'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { mediumTime } from '../../ui/time'
import { complain } from '../../ui/toast'
import classes from './OutgoingCard.module.css'
import { StateWords } from './StateWords'
import { canCancel } from './states'

export function OutgoingCard({ mail }: { mail: Outgoing }) {
  const { t, i18n } = useLingui()
  const step = useOutgoingStep()
  const [asking, setAsking] = useState(false)
  const doStep = (what: OutgoingStep) =>
    step.mutate({ id: mail.id, step: what }, { onError: (error) => complain(problemOf(error)) })
  const { state } = mail
  return (
    <article className={classes.card} data-outgoing={mail.id} data-state={state}>
      <div className={classes.head}>
        <div className={classes.words}>
          <h2 className={classes.subject}>{mail.subject || t`(no subject)`}</h2>
          <p className={classes.to}>
            <Trans>to {mail.to.join(', ')}</Trans>
          </p>
        </div>
        <time className={classes.time}>{mediumTime(mail.createdAt, i18n.locale)}</time>
      </div>
      <StateWords mail={mail} />
      {mail.problem && state !== 'sent' && <ProblemNotice problem={mail.problem} />}
      {canCancel(state) && (
        <Group gap="xs">
          {state === 'unconfirmed' && (
            <Button size="xs" onClick={() => doStep('resolve')} loading={step.isPending}>
              <Trans>It was sent</Trans>
            </Button>
          )}
          {state !== 'queued' && (
            <Button
              size="xs"
              variant={state === 'failed' ? 'filled' : 'default'}
              onClick={() => doStep('retry')}
              loading={step.isPending}
            >
              <Trans>Send again</Trans>
            </Button>
          )}
          <Button size="xs" variant="subtle" color="red" onClick={() => setAsking(true)}>
            <Trans>Take it back</Trans>
          </Button>
        </Group>
      )}
      <Confirm
        opened={asking}
        title={<Trans>Take this mail back?</Trans>}
        yes={<Trans>Take it back</Trans>}
        danger
        onYes={() => {
          setAsking(false)
          doStep('cancel')
        }}
        onNo={() => setAsking(false)}
      >
        <Trans>It is not sent, and its text is not kept.</Trans>
      </Confirm>
    </article>
  )
}
