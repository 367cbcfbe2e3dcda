import { useLingui } from '@lingui/react/macro'
import {
  type Icon,
  IconAlertTriangle,
  IconCheck,
  IconChecks,
  IconClock,
  IconHelpCircle,
  IconLoader2,
} from '@tabler/icons-react'
import { useMailboxes } from '../../api/mailboxes'
import type { Outgoing } from '../../api/types'
import { mediumTime } from '../../ui/time'
import classes from './OutgoingCard.module.css'

type Words = ['calm' | 'good' | 'warn' | 'bad', Icon, string]

/** Where a mail is on its way, in words. */
export function StateWords({ mail }: { mail: Outgoing }) {
  const { t, i18n } = useLingui()
  const next = mail.nextAt ? mediumTime(mail.nextAt, i18n.locale) : ''
  const sent = mail.sentAt ? mediumTime(mail.sentAt, i18n.locale) : ''
  const paused = useMailboxes().data?.find((box) => box.id === mail.mailbox)?.state === 'paused'
  const queued = paused
    ? t`Waiting: its mailbox is paused`
    : mail.attempts > 0 && next
      ? t`Waiting; next try ${next}`
      : t`Waiting to be sent`
  const words: Record<Outgoing['state'], Words> = {
    queued: ['calm', IconClock, queued],
    claimed: ['calm', IconLoader2, t`Being sent`],
    in_data: ['calm', IconLoader2, t`Being sent`],
    sent: mail.confirmedAt
      ? ['good', IconChecks, t`Sent ${sent} and found in the Sent folder`]
      : ['good', IconCheck, t`Sent ${sent}`],
    failed: ['bad', IconAlertTriangle, t`Not sent`],
    checking: ['calm', IconLoader2, t`Looking whether it was sent`],
    unconfirmed: ['warn', IconHelpCircle, t`It may have been sent: please look whether it arrived`],
  }
  const [tone, Mark, text]: Words = words[mail.state]
  return (
    <p className={classes.state} data-tone={tone}>
      <Mark size={16} aria-hidden />
      {text}
    </p>
  )
}
