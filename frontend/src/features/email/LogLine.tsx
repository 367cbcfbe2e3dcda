import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import type { EmailLine } from '../../api/types'
import { mediumTime } from '../../ui/time'
import classes from './Logs.module.css'
import { events, statuses, tones } from './words'

/** A mail in the log: which, when, to whom, by whom, and what became of it. */
export function LogLine({ line, onOpen }: { line: EmailLine; onOpen: () => void }) {
  const { t, i18n } = useLingui()
  const name = t(events[line.event])
  const when = mediumTime(line.at, i18n.locale)
  const { by } = line
  return (
    <li className={classes.line}>
      <div className={classes.words}>
        <span className={classes.event}>{name}</span>
        <span className={classes.detail}>{line.recipient}</span>
        <span className={classes.detail}>
          {when} · {by ? <Trans>by {by}</Trans> : <Trans>Postroom by itself</Trans>}
        </span>
      </div>
      <span className={classes.status} data-tone={tones[line.status]}>
        {t(statuses[line.status])}
      </span>
      <Button variant="default" size="xs" onClick={onOpen} aria-label={t`View: ${name}, ${line.recipient}`}>
        <Trans>View</Trans>
      </Button>
    </li>
  )
}
