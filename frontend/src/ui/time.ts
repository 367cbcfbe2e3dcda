// Dates as people say them, in the language of the page and the time zone of the browser.
import { plural, t } from '@lingui/core/macro'

const formats = new Map<string, Intl.DateTimeFormat>()

/** "en" says nothing about the order of day and month; the browser's "en-GB" does. */
export const regional = (locale: string, wishes = navigator.languages) =>
  wishes.find((wish) => wish.split('-')[0] === locale) ?? locale

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let known = formats.get(key)
  if (!known) {
    known = new Intl.DateTimeFormat(regional(locale), options)
    formats.set(key, known)
  }
  return known
}

const day = (ms: number) => new Date(ms).setHours(0, 0, 0, 0)

/** Short, for lists: the time today, the weekday this week, the day this year, else the date. */
export function shortTime(at: number, now: number, locale: string): string {
  const days = Math.round((day(now) - day(at)) / 86_400_000)
  if (days === 0) return format(locale, { hour: '2-digit', minute: '2-digit' }).format(at)
  if (days > 0 && days < 7) return format(locale, { weekday: 'short' }).format(at)
  if (new Date(at).getFullYear() === new Date(now).getFullYear())
    return format(locale, { day: 'numeric', month: 'short' }).format(at)
  return format(locale, { day: '2-digit', month: '2-digit', year: 'numeric' }).format(at)
}

/** Long, for the head of a mail. */
export const longTime = (at: number, locale: string) =>
  format(locale, { dateStyle: 'full', timeStyle: 'short' }).format(at)

/** The time alone. */
export const timeOfDay = (at: number, locale: string) => format(locale, { timeStyle: 'short' }).format(at)

/** The day alone. */
export const shortDate = (at: number, locale: string) => format(locale, { dateStyle: 'medium' }).format(at)

/** Date and time in middling length. */
export const mediumTime = (at: number, locale: string) =>
  format(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(at)

/** "a moment ago", "12 minutes ago", or the time itself when it is longer ago than a day. */
export function ago(at: number, now: number, locale: string): string {
  const minutes = Math.floor((now - at) / 60_000)
  if (minutes < 1) return t`just now`
  if (minutes < 60) return plural(minutes, { one: '# minute ago', other: '# minutes ago' })
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return plural(hours, { one: '# hour ago', other: '# hours ago' })
  return mediumTime(at, locale)
}

/** How long the rest takes at the pace so far, in ms; undefined while that would be a guess. */
export function timeLeft(done: number, total: number, startedAt: number, now: number): number | undefined {
  const spent = now - startedAt
  if (done <= 0 || total <= done || startedAt <= 0 || spent < 3000) return undefined
  return Math.round((spent / done) * (total - done))
}

/** "about 2 minutes left" */
export function leftInWords(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return t`less than a minute left`
  if (minutes < 60) return plural(minutes, { one: 'about # minute left', other: 'about # minutes left' })
  return plural(Math.round(minutes / 60), { one: 'about # hour left', other: 'about # hours left' })
}
