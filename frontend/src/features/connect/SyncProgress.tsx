import { Trans, useLingui } from '@lingui/react/macro'
import { Progress } from '@mantine/core'
import type { Mailbox } from '../../api/types'
import { leftInWords, timeLeft } from '../../ui/time'
import { useNow } from '../../ui/useNow'
import classes from './SyncProgress.module.css'

/** How far the first fetch has come, and how long the rest takes. */
export function SyncProgress({ sync }: { sync: Mailbox['sync'] }) {
  const { t, i18n } = useLingui()
  const now = useNow(5000)
  const { done, total } = sync
  if (total === 0) {
    return (
      <div className={classes.progress}>
        <Trans>Counting what there is …</Trans>
        <Progress value={100} animated size="sm" aria-label={t`First fetch of this mailbox`} />
      </div>
    )
  }
  const left = timeLeft(done, total, sync.startedAt, now)
  const number = (n: number) => n.toLocaleString(i18n.locale)
  return (
    <div className={classes.progress}>
      <div className={classes.line}>
        <span>
          <Trans>
            {number(done)} of {number(total)} mails
          </Trans>
        </span>
        {left !== undefined && <span>{leftInWords(left)}</span>}
      </div>
      <Progress value={(100 * done) / total} size="sm" aria-label={t`First fetch of this mailbox`} />
    </div>
  )
}
