import { useLingui } from '@lingui/react/macro'
import { NativeSelect, TextInput } from '@mantine/core'
import type { LogQuery } from '../../api/email'
import type { EmailEvent, EmailStatus } from '../../api/types'
import classes from './Logs.module.css'
import { events, statuses } from './words'

/** Days are those of the date field: 2026-11-22. */
export type Filters = { event: string; status: string; q: string; from: string; to: string }

export const anything: Filters = { event: '', status: '', q: '', from: '', to: '' }

const midnight = (day: string, later = 0) => {
  const at = new Date(`${day}T00:00:00`)
  at.setDate(at.getDate() + later)
  return Number.isNaN(at.getTime()) ? undefined : at.getTime()
}

/** What the server is asked: both days are within. */
export const queryOf = ({ event, status, q, from, to }: Filters): Omit<LogQuery, 'offset' | 'limit'> => ({
  event: (event || undefined) as EmailEvent | undefined,
  status: (status || undefined) as EmailStatus | undefined,
  q: q.trim() || undefined,
  after: from ? midnight(from) : undefined,
  before: to ? midnight(to, 1) : undefined,
})

export function LogFilters({ filters, onChange }: { filters: Filters; onChange: (next: Filters) => void }) {
  const { t } = useLingui()
  const field = (name: keyof Filters) => ({
    value: filters[name],
    onChange: (e: { currentTarget: { value: string } }) =>
      onChange({ ...filters, [name]: e.currentTarget.value }),
  })
  const choices = (all: Record<string, (typeof events)[EmailEvent]>, none: string) => [
    { value: '', label: none },
    ...Object.entries(all).map(([value, words]) => ({ value, label: t(words) })),
  ]
  return (
    <search className={classes.filters}>
      <TextInput className={classes.search} label={t`Recipient or subject`} type="search" {...field('q')} />
      <NativeSelect label={t`Event`} data={choices(events, t`All events`)} {...field('event')} />
      <NativeSelect label={t`Status`} data={choices(statuses, t`Every status`)} {...field('status')} />
      <TextInput label={t`From day`} type="date" max={filters.to || undefined} {...field('from')} />
      <TextInput label={t`To day`} type="date" min={filters.from || undefined} {...field('to')} />
    </search>
  )
}
