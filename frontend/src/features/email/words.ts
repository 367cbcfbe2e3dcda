// What the server calls by a code, in people's words.
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { EmailEvent, EmailStatus } from '../../api/types'

export const events: Record<EmailEvent, MessageDescriptor> = {
  invitation: msg`Invitation`,
  password_reset: msg`New password`,
  connect_link: msg`Link to connect a mailbox`,
  mailbox_needs_you: msg`A mailbox needs its owner`,
  mailbox_silent: msg`A mailbox is silent`,
  secret_expires: msg`A client secret expires`,
  test: msg`Test e-mail`,
}

export const statuses: Record<EmailStatus, MessageDescriptor> = {
  queued: msg`Waiting`,
  sending: msg`Being sent`,
  sent: msg`Handed over`,
  uncertain: msg`Uncertain`,
  failed: msg`Failed`,
  dropped: msg`Not sent: no sender`,
}

export const tones: Record<EmailStatus, 'calm' | 'good' | 'warn' | 'bad'> = {
  queued: 'calm',
  sending: 'calm',
  sent: 'good',
  uncertain: 'warn',
  failed: 'bad',
  dropped: 'warn',
}
