import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { Link, useSearchParams } from 'wouter'
import { useConnectProblem } from '../../api/mailboxes'
import type { Mailbox, Problem } from '../../api/types'
import { mailPath } from '../../paths'
import { Notice } from '../../ui/Notice'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { inboxOf } from '../folders/roles'
import { unknownProblem } from './unknownProblem'

/** How the trip to the sign-in page ended. A problem is never shown as a success, nor the reverse. */
export function Outcome({ mailboxes }: { mailboxes: Mailbox[] }) {
  const [params, setParams] = useSearchParams()
  const code = params.get('problem')
  const connected = params.get('connected')
  const problem = useConnectProblem(code !== null)
  const put = () => setParams(new URLSearchParams(), { replace: true })

  if (code !== null) {
    if (problem.isPending) return null
    const shown: Problem = problem.data ?? unknownProblem(code)
    return (
      <ProblemNotice
        urgent
        problem={shown}
        actions={
          <Button size="compact-sm" variant="default" onClick={put}>
            <Trans>Close</Trans>
          </Button>
        }
      />
    )
  }
  const mailbox = mailboxes.find((box) => box.id === connected)
  if (!mailbox) return null
  const inbox = inboxOf(mailbox)
  return (
    <Notice
      tone="good"
      icon={<IconCircleCheck size={18} />}
      title={<Trans>{mailbox.address} is connected.</Trans>}
      actions={
        inbox ? (
          <Button size="compact-sm" component={Link} href={mailPath(inbox.id)}>
            <Trans>Read mail</Trans>
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" onClick={put}>
            <Trans>Close</Trans>
          </Button>
        )
      }
    >
      <Trans>Its mail comes in now, newest first.</Trans>
    </Notice>
  )
}
