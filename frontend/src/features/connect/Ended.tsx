import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { Link } from 'wouter'
import { useStartAgain } from '../../api/connect'
import { useMailboxes } from '../../api/mailboxes'
import { problemOf } from '../../api/problem'
import type { Attempt } from '../../api/types'
import { mailPath, settingsPath } from '../../paths'
import { Notice } from '../../ui/Notice'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { complain } from '../../ui/toast'
import { inboxOf } from '../folders/roles'
import { unknownProblem } from './unknownProblem'

/** How an attempt ended. A problem is never shown as a success, nor the reverse. */
export function Ended({ attempt }: { attempt: Attempt }) {
  return attempt.state === 'done' ? <Connected attempt={attempt} /> : <Failed attempt={attempt} />
}

function Connected({ attempt }: { attempt: Attempt }) {
  const { data } = useMailboxes()
  const mailbox = data?.find(({ id }) => id === attempt.connected)
  const inbox = mailbox && inboxOf(mailbox)
  const address = mailbox?.address ?? attempt.steps.find(({ name }) => name === 'imap')?.detail
  return (
    <Notice
      tone="good"
      icon={<IconCircleCheck size={18} />}
      title={<Trans>{address} is connected.</Trans>}
      actions={
        <>
          {inbox && (
            <Button size="compact-sm" component={Link} href={mailPath(inbox.id)}>
              <Trans>Read mail</Trans>
            </Button>
          )}
          <Button size="compact-sm" variant="default" component={Link} href={settingsPath('mailboxes')}>
            <Trans>To my mailboxes</Trans>
          </Button>
        </>
      }
    >
      {mailbox && !mailbox.canSend ? (
        <Trans>It receives mail and cannot send yet. Its mail comes in now, newest first.</Trans>
      ) : (
        <Trans>Its mail comes in now, newest first.</Trans>
      )}
    </Notice>
  )
}

function Failed({ attempt }: { attempt: Attempt }) {
  const problem = attempt.problem ?? unknownProblem('internal')
  return (
    <ProblemNotice
      urgent
      problem={problem}
      actions={
        <>
          <StartAgain attempt={attempt} />
          <Button size="compact-sm" variant="default" component={Link} href={settingsPath('mailboxes')}>
            <Trans>To my mailboxes</Trans>
          </Button>
        </>
      }
    />
  )
}

/** Goes to the sign-in page once more, with the same wishes. */
export function StartAgain({ attempt }: { attempt: Attempt }) {
  const again = useStartAgain(attempt.id)
  return (
    <Button
      size="compact-sm"
      loading={again.isPending || again.isSuccess}
      onClick={() => again.mutate(undefined, { onError: (error) => complain(problemOf(error)) })}
    >
      <Trans>Start again</Trans>
    </Button>
  )
}
