import { useLingui } from '@lingui/react/macro'
import type { Mailbox } from '../../api/types'
import { ago, mediumTime } from '../../ui/time'
import { useNow } from '../../ui/useNow'
import classes from './StateLine.module.css'

const tones = {
  connecting: 'calm',
  syncing: 'calm',
  connected: 'good',
  receive_only: 'warn',
  throttled: 'warn',
  offline: 'warn',
  needs_you: 'bad',
  needs_admin: 'bad',
  needs_operator: 'bad',
  paused: 'calm',
  disconnected: 'calm',
} as const

/** How a mailbox is, in words. */
export function StateLine({ mailbox }: { mailbox: Mailbox }) {
  const { t, i18n } = useLingui()
  const now = useNow(30_000)
  const time = mailbox.retryAt ? mediumTime(mailbox.retryAt, i18n.locale) : ''
  const last = mailbox.lastSyncAt ? ago(mailbox.lastSyncAt, now, i18n.locale) : ''
  const words = {
    connecting: t`Connecting to the mail server …`,
    syncing: t`Fetching your mail; what is here can be read already`,
    connected: last ? t`Connected · in step with the server, ${last}` : t`Connected`,
    receive_only: t`Connected · receives, cannot send`,
    throttled: time ? t`The mail server asked us to wait until ${time}` : t`The mail server asked us to wait`,
    offline: time ? t`Their side is away · next try ${time}` : t`Waiting for the mail server`,
    needs_you: t`Needs you: sign in again`,
    needs_admin: t`Needs your organisation's administrator`,
    needs_operator: t`Needs whoever runs this Postroom`,
    paused: t`Paused`,
    disconnected: t`Disconnected · its mail stays here`,
  }
  return (
    <p className={classes.state} data-tone={tones[mailbox.state]}>
      <span className={classes.dot} aria-hidden />
      {words[mailbox.state]}
    </p>
  )
}
