import { Trans, useLingui } from '@lingui/react/macro'
import type { Health } from '../../api/types'
import { mediumTime } from '../../ui/time'
import classes from './HealthBar.module.css'
import { lasting, nameOf, tones } from './states'

/** The last 30 days of a mailbox as a coloured bar, and in words for those who do not see it. */
export function HealthBar({ health }: { health: Health }) {
  const { t, i18n } = useLingui()
  const { to, segments } = health
  const from = Math.min(segments[0]?.from ?? health.from, to - 1)
  const young = from > health.from // connected less than 30 days ago: its whole life is the bar
  const part = (ms: number) => (100 * ms) / (to - from)
  const place = (s: Health['segments'][number]) => ({
    left: `min(${part(s.from - from)}%, 100% - 3px)`,
    width: `${part(s.to - s.from)}%`,
  })
  return (
    <div className={classes.whole}>
      <div className={classes.bar} role="img" aria-label={t`The last 30 days: ${inWords(health)}`}>
        {segments.map((s) => (
          <span
            key={s.from}
            className={classes.part}
            data-tone={tones[s.state]}
            style={place(s)}
            title={`${nameOf(s.state)}${s.title ? `: ${s.title}` : ''} · ${mediumTime(s.from, i18n.locale)} · ${lasting(s.to - s.from)}`}
          />
        ))}
      </div>
      <div className={classes.ends} aria-hidden>
        <span>{young ? mediumTime(from, i18n.locale) : <Trans>30 days ago</Trans>}</span>
        <span>
          <Trans>now</Trans>
        </span>
      </div>
    </div>
  )
}

/** "Connected 29 days, Their side away 2 hours": what the bar shows, the longest first. */
export function inWords({ segments }: Pick<Health, 'segments'>): string {
  const sums = new Map<string, number>()
  for (const s of segments) {
    const name = nameOf(s.state)
    sums.set(name, (sums.get(name) ?? 0) + s.to - s.from)
  }
  return [...sums]
    .sort((a, b) => b[1] - a[1])
    .map(([name, ms]) => `${name} ${lasting(ms)}`)
    .join(', ')
}
