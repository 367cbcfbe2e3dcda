// How far back a mailbox's mail is fetched.

export type History = 'all' | 'year' | 'quarter' | 'day'

const dayLength = 24 * 60 * 60 * 1000
const days = { year: 365, quarter: 90 }

/** The moment from which on mail is fetched, unix ms; 0 is all of it. A day begins where the reader is. */
export function sinceOf(history: History, day: string, now: number): number {
  if (history === 'all') return 0
  if (history !== 'day') return now - days[history] * dayLength
  const at = new Date(`${day}T00:00`).getTime()
  return Number.isNaN(at) ? 0 : Math.min(at, now)
}
