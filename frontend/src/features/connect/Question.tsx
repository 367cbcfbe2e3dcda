import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useAnswer } from '../../api/connect'
import { problemOf } from '../../api/problem'
import type { Attempt, AttemptAnswer } from '../../api/types'
import { CopyButton } from '../../ui/CopyButton'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { StartAgain } from './Ended'
import classes from './Question.module.css'
import { unknownProblem } from './unknownProblem'

/** What an attempt asks: why, and every answer that there is to it. */
export function Question({ attempt }: { attempt: Attempt }) {
  const { error, isPending, mutate } = useAnswer(attempt.id)
  const reply = (body: AttemptAnswer) => mutate(body)
  const problem = error ? problemOf(error) : (attempt.problem ?? unknownProblem('internal'))
  const asks: Record<NonNullable<Attempt['asks']>, ReactNode> = {
    address: <Address busy={isPending} reply={reply} />,
    sending: <Sending attempt={attempt} busy={isPending} reply={reply} />,
    account: (
      <Group gap="xs">
        <StartAgain attempt={attempt} />
        <Button
          size="compact-sm"
          variant="default"
          loading={isPending}
          onClick={() => reply({ reply: 'separate' })}
        >
          <Trans>Add it as a mailbox of its own</Trans>
        </Button>
      </Group>
    ),
    shared: (
      <Group gap="xs">
        <Button size="compact-sm" loading={isPending} onClick={() => reply({ reply: 'shared' })}>
          <Trans>Connect it as a shared mailbox</Trans>
        </Button>
        <StartAgain attempt={attempt} />
      </Group>
    ),
  }
  return (
    <ProblemNotice urgent problem={problem}>
      <div className={classes.asks}>{attempt.asks && asks[attempt.asks]}</div>
    </ProblemNotice>
  )
}

type Asks = { busy: boolean; reply: (answer: AttemptAnswer) => void }

function Address({ busy, reply }: Asks) {
  const { t } = useLingui()
  const [address, setAddress] = useState('')
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault()
        reply({ reply: 'address', address })
      }}
    >
      <TextInput
        label={t`The mailbox’s own address or user name`}
        description={t`Your sign-in is kept: no second consent. Often it is the name that you sign in to Windows or Outlook with.`}
        value={address}
        onChange={(e) => setAddress(e.currentTarget.value)}
        autoComplete="email"
        required
      />
      <Group gap="xs" mt="sm">
        <Button type="submit" size="compact-sm" loading={busy}>
          <Trans>Try this name</Trans>
        </Button>
        <Button size="compact-sm" variant="default" disabled={busy} onClick={() => reply({ reply: 'retry' })}>
          <Trans>Try the same names again</Trans>
        </Button>
      </Group>
    </form>
  )
}

function Sending({ attempt, busy, reply }: Asks & { attempt: Attempt }) {
  const mailbox = attempt.steps.find(({ name }) => name === 'imap')?.detail ?? ''
  const raw = attempt.problem?.raw ?? ''
  const command = /for the Tenant/i.test(raw)
    ? 'Set-TransportConfig -SmtpClientAuthenticationDisabled $false'
    : `Set-CASMailbox -Identity ${mailbox} -SmtpClientAuthenticationDisabled $false`
  return (
    <>
      {attempt.problem?.code === 'smtp_disabled' && (
        <div className={classes.line}>
          <pre className={classes.command}>{command}</pre>
          <CopyButton text={command} />
        </div>
      )}
      <Group gap="xs">
        <Button size="compact-sm" loading={busy} onClick={() => reply({ reply: 'receive_only' })}>
          <Trans>Connect for receiving only</Trans>
        </Button>
        <Button size="compact-sm" variant="default" disabled={busy} onClick={() => reply({ reply: 'retry' })}>
          <Trans>Try again</Trans>
        </Button>
      </Group>
    </>
  )
}
