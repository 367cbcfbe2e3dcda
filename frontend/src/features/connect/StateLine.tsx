import { useLingui } from '@lingui/react/macro'
import { useConnectable } from '../../api/mailboxes'
import type { Mailbox } from '../../api/types'
import { ago, mediumTime } from '../../ui/time'
import { useNow } from '../../ui/useNow'
import classes from './StateLine.module.css'
import { countdown, type State, tones } from './states'

/** How a mailbox is, in words, and since or until when. */
export function StateLine({ mailbox }: { mailbox: Mailbox }) {
  const { t, i18n } = useLingui()
  const { retryAt, lastSyncAt, stateSince } = mailbox
  const state: State = mailbox.state
  const now = useNow(state === 'throttled' || state === 'offline' ? 1000 : 30_000)
  const microsoft = useConnectable().data?.find(({ id }) => id === mailbox.provider)?.kind === 'microsoft'
  const left = retryAt > now ? countdown(retryAt, now) : ''
  const last = lastSyncAt ? ago(lastSyncAt, now, i18n.locale) : ''
  const since = mediumTime(stateSince, i18n.locale)
  const words: Record<State, string> = {
    connecting: t`Connecting to the mail server …`,
    syncing: t`Fetching your mail; what is here can be read already`,
    connected: last ? t`Connected · in step with the server, ${last}` : t`Connected`,
    receive_only: t`Connected · receives, cannot send`,
    throttled: !left
      ? t`Going on …`
      : microsoft
        ? t`Microsoft asked us to wait ${left}`
        : t`The mail server asked us to wait ${left}`,
    offline: left
      ? t`Their side is away since ${since} · next try in ${left}`
      : t`Their side is away since ${since} · trying again`,
    needs_you: t`Needs you since ${since}: sign in again`,
    needs_admin: t`Needs your organisation's administrator since ${since}`,
    needs_operator: t`Waits for whoever runs this Postroom since ${since}`,
    paused: t`Paused since ${since}`,
    disconnected: t`Disconnected since ${since} · its mail stays here`,
  }
  return (
    <p className={classes.state} data-tone={tones[state]}>
      <span className={classes.dot} aria-hidden />
      <span>{words[state]}</span>
    </p>
  )
}
