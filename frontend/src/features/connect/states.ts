// What the states of a mailbox are called, and how much of an alarm each is.
import { plural, t } from '@lingui/core/macro'
import type { Mailbox } from '../../api/types'

export type State = Mailbox['state']
export type Tone = 'good' | 'calm' | 'warn' | 'bad'

export const tones: Record<State, Tone> = {
  connecting: 'calm',
  syncing: 'good',
  connected: 'good',
  receive_only: 'warn',
  throttled: 'warn',
  offline: 'warn',
  needs_you: 'bad',
  needs_admin: 'bad',
  needs_operator: 'warn',
  paused: 'calm',
  disconnected: 'calm',
}

/** A state in two words, as a heading of what follows. */
export function nameOf(state: State): string {
  const names: Record<State, string> = {
    connecting: t`Connecting`,
    syncing: t`Fetching mail`,
    connected: t`Connected`,
    receive_only: t`Receives, cannot send`,
    throttled: t`Asked to wait`,
    offline: t`Their side away`,
    needs_you: t`Needed a new sign-in`,
    needs_admin: t`Needed an administrator`,
    needs_operator: t`Postroom’s set-up`,
    paused: t`Paused`,
    disconnected: t`Disconnected`,
  }
  return names[state]
}

/** How long something took: "35 seconds", "2 hours". */
export function lasting(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  if (seconds < 90) return plural(seconds, { one: '# second', other: '# seconds' })
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return plural(minutes, { one: '# minute', other: '# minutes' })
  const hours = Math.round(minutes / 60)
  if (hours < 48) return plural(hours, { one: '# hour', other: '# hours' })
  return plural(Math.round(hours / 24), { one: '# day', other: '# days' })
}

/** What is left until a time as a clock shows it: "4:59". */
export function countdown(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
