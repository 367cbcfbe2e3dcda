import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconBellZ, IconPlayerPause, IconSend, IconTool } from '@tabler/icons-react'
import { useCheckSending } from '../../api/health'
import { problemOf } from '../../api/problem'
import { useMe } from '../../api/session'
import type { Mailbox } from '../../api/types'
import { Notice } from '../../ui/Notice'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { ago } from '../../ui/time'
import { complain } from '../../ui/toast'
import { useNow } from '../../ui/useNow'
import { lasting } from './states'

/** Everything about a mailbox that its owner should know, and who has to act. */
export function Trouble({ mailbox }: { mailbox: Mailbox }) {
  const { user } = useMe()
  const { state, problem } = mailbox
  return (
    <>
      {state === 'paused' && <Paused />}
      {state === 'needs_operator' && user.role !== 'admin' ? (
        <NotYours />
      ) : (
        problem && <ProblemNotice problem={problem} />
      )}
      {!mailbox.canSend && (state === 'receive_only' || state === 'syncing') && (
        <NoSending mailbox={mailbox} />
      )}
      {mailbox.silentSince > 0 && <Silence mailbox={mailbox} />}
    </>
  )
}

function Paused() {
  return (
    <Notice
      tone="calm"
      icon={<IconPlayerPause size={18} />}
      title={<Trans>You have paused this mailbox.</Trans>}
    >
      <Trans>
        Mail that is here stays readable. Nothing is fetched; mail that you send waits in the outbox until it
        goes on.
      </Trans>
    </Notice>
  )
}

function NotYours() {
  return (
    <Notice tone="warn" icon={<IconTool size={18} />} title={<Trans>There is nothing for you to do.</Trans>}>
      <Trans>
        Something in the set-up of this Postroom has to be renewed by whoever runs it, and they can see that.
        Your mailbox is fine: mail that is here stays readable, and it goes on by itself afterwards.
      </Trans>
    </Notice>
  )
}

function NoSending({ mailbox }: { mailbox: Mailbox }) {
  const { id, sendProblem, sendCheckedAt } = mailbox
  const check = useCheckSending()
  const now = useNow(30_000)
  const looking = sendCheckedAt === 0
  const button = (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconSend size={14} />}
      loading={check.isPending || looking}
      onClick={() => check.mutate(id, { onError: (error) => complain(problemOf(error)) })}
    >
      <Trans>Check sending now</Trans>
    </Button>
  )
  const words = <CheckedWords at={sendCheckedAt} now={now} />
  if (sendProblem) {
    return (
      <ProblemNotice problem={sendProblem} actions={button}>
        {words}
      </ProblemNotice>
    )
  }
  return (
    <Notice tone="warn" title={<Trans>This mailbox can receive, but not send.</Trans>} actions={button}>
      {words}
    </Notice>
  )
}

function CheckedWords({ at, now }: { at: number; now: number }) {
  const { i18n } = useLingui()
  const when = ago(at, now, i18n.locale)
  return (
    <p style={{ margin: 0 }}>
      {at === 0 ? (
        <Trans>Looking whether it is allowed by now …</Trans>
      ) : (
        <Trans>
          Postroom looks by itself every quarter of an hour whether sending is allowed by now; it did so{' '}
          {when}.
        </Trans>
      )}
    </p>
  )
}

function Silence({ mailbox }: { mailbox: Mailbox }) {
  const now = useNow()
  const usual = mailbox.usualPerDay
  const quiet = lasting(now - mailbox.silentSince)
  return (
    <Notice tone="calm" icon={<IconBellZ size={18} />} title={<Trans>Unusually quiet</Trans>}>
      <Trans>
        Usually {usual} mails a day, none for {quiet}. If mail should have come, send yourself one from
        elsewhere and look at the rules and forwarding of this mailbox.
      </Trans>
    </Notice>
  )
}
