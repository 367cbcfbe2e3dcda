import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Skeleton } from '@mantine/core'
import { IconChevronRight, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { reportPath, useHealth } from '../../api/health'
import type { Health, HealthEvent, Mailbox } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { mediumTime } from '../../ui/time'
import classes from './ConnectionDetails.module.css'
import { lasting, nameOf, tones } from './states'

/** What was said to the servers of a mailbox, and how its states followed one another. */
export function ConnectionDetails({ mailbox }: { mailbox: Mailbox }) {
  const [opened, setOpened] = useState(false)
  return (
    <details className={classes.details} onToggle={(e) => setOpened(e.currentTarget.open)}>
      <summary>
        <IconChevronRight size={15} className={classes.turn} aria-hidden />
        <Trans>Connection details</Trans>
      </summary>
      {opened && <Inside mailbox={mailbox} />}
    </details>
  )
}

function Inside({ mailbox }: { mailbox: Mailbox }) {
  const health = useHealth(mailbox, 5000)
  if (health.isPending) return <Skeleton h={120} radius="md" />
  if (!health.data) return <Broken error={health.error} retry={() => health.refetch()} />
  return (
    <div className={classes.inside}>
      <h3 className={classes.heading}>
        <Trans>The last 30 days</Trans>
      </h3>
      <States health={health.data} />
      <div className={classes.line}>
        <h3 className={classes.heading}>
          <Trans>Last events</Trans>
        </h3>
        <Button
          component="a"
          href={reportPath(mailbox.id)}
          download
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={15} />}
        >
          <Trans>Download</Trans>
        </Button>
      </div>
      <p className={classes.note}>
        <Trans>
          Without secrets, mail, or addresses of other people: you can send it to whoever helps you.
        </Trans>
      </p>
      <Events events={health.data.events} />
    </div>
  )
}

const mostStates = 20

function States({ health }: { health: Health }) {
  const { i18n } = useLingui()
  const newest = [...health.segments].reverse()
  const left = newest.length - mostStates
  return (
    <ol className={classes.list}>
      {newest.slice(0, mostStates).map((s) => (
        <li key={s.from} className={classes.entry}>
          <span className={classes.dot} data-tone={tones[s.state]} aria-hidden />
          <time className={classes.time}>{mediumTime(s.from, i18n.locale)}</time>
          <span className={classes.what}>
            {nameOf(s.state)} · {lasting(s.to - s.from)}
            {s.title && <span className={classes.words}>{s.title}</span>}
          </span>
        </li>
      ))}
      {left > 0 && (
        <li className={classes.note}>
          <Trans>and {left} earlier ones; the download has them all</Trans>
        </li>
      )}
    </ol>
  )
}

function Events({ events }: { events: HealthEvent[] }) {
  const { i18n } = useLingui()
  if (events.length === 0) {
    return (
      <p className={classes.note}>
        <Trans>None yet.</Trans>
      </p>
    )
  }
  return (
    <ol className={classes.list}>
      {events.map((e) => (
        <li key={`${e.at}-${e.side}-${e.what}-${e.words}`} className={classes.entry}>
          <span className={classes.dot} data-tone={outcomes[e.outcome]} aria-hidden />
          <time className={classes.time}>{mediumTime(e.at, i18n.locale)}</time>
          <span className={classes.what}>
            <EventName event={e} />
            {e.times > 1 && <> × {e.times}</>}
            {e.what !== 'fetch' && e.words && <code className={classes.words}>{e.words}</code>}
          </span>
        </li>
      ))}
    </ol>
  )
}

const outcomes = { ok: 'good', wait: 'warn', failed: 'bad' } as const

function EventName({ event: { side, what, outcome, words } }: { event: HealthEvent }) {
  const well = outcome === 'ok'
  if (what === 'renew') return well ? <Trans>Sign-in renewed</Trans> : <Trans>Sign-in not renewed</Trans>
  if (what === 'fetch') return <Trans>{words} mails fetched</Trans>
  if (what === 'send') return well ? <Trans>Mail sent</Trans> : <Trans>Mail not sent</Trans>
  if (what === 'end')
    return well ? (
      <Trans>Connection renewed</Trans>
    ) : outcome === 'wait' ? (
      <Trans>Asked to wait</Trans>
    ) : (
      <Trans>Connection ended</Trans>
    )
  if (side === 'smtp')
    return well ? <Trans>Signed in for sending</Trans> : <Trans>Not signed in for sending</Trans>
  return well ? <Trans>Signed in for receiving</Trans> : <Trans>Not signed in for receiving</Trans>
}
