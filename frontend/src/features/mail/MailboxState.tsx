import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Link } from 'wouter'
import { useReconnect } from '../../api/mailboxes'
import { problemOf } from '../../api/problem'
import type { Mailbox } from '../../api/types'
import { settingsPath } from '../../paths'
import { Notice } from '../../ui/Notice'
import { complain } from '../../ui/toast'

/** One line above the list of a mailbox that is not well: why no new mail comes, and the way out. */
export function MailboxState({ mailbox }: { mailbox: Mailbox }) {
  const reconnect = useReconnect()
  const { problem, state } = mailbox
  if (state === 'paused') {
    return (
      <Notice
        tone="calm"
        title={<Trans>This mailbox is paused.</Trans>}
        actions={
          <Button size="compact-sm" variant="default" component={Link} href={settingsPath('mailboxes')}>
            <Trans>Mailboxes</Trans>
          </Button>
        }
      />
    )
  }
  if (!problem || state === 'connected' || state === 'receive_only' || state === 'syncing') return null
  const again = () => reconnect.mutate(mailbox.id, { onError: (error) => complain(problemOf(error)) })
  return (
    <Notice
      tone={state === 'needs_you' || state === 'needs_admin' ? 'bad' : 'warn'}
      title={problem.title}
      actions={
        state === 'needs_you' ? (
          <Button size="compact-sm" onClick={again} loading={reconnect.isPending}>
            <Trans>Reconnect</Trans>
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" component={Link} href={settingsPath('mailboxes')}>
            <Trans>What to do</Trans>
          </Button>
        )
      }
    >
      <Trans>Mail that is here stays readable.</Trans>
    </Notice>
  )
}
