import { Trans, useLingui } from '@lingui/react/macro'
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconCheck,
  IconPaperclip,
  IconStar,
  IconStarFilled,
} from '@tabler/icons-react'
import { memo } from 'react'
import { Link } from 'wouter'
import type { Row } from '../../api/types'
import { Avatar } from '../../ui/Avatar'
import { shortTime } from '../../ui/time'
import { names, people } from './addresses'
import classes from './MessageRow.module.css'

type Props = {
  row: Row
  href: string
  now: number
  current: boolean
  /** Our own mail: it is known by whom it goes to. */
  outgoing: boolean
  picked: boolean
  picking: boolean
  onPick: (row: Row, range: boolean) => void
  onStar: (row: Row) => void
}

export const MessageRow = memo(function MessageRow(props: Props) {
  const { row, href, now, current, outgoing, picked, picking, onPick, onStar } = props
  const { t, i18n } = useLingui()
  const shown = outgoing ? row.to : row.from
  const first = shown[0]
  const who = names(shown) || (outgoing ? t`No recipient yet` : t`Unknown sender`)
  const subject = row.subject || t`(no subject)`

  return (
    <div
      className={classes.row}
      data-unread={!row.seen || undefined}
      data-current={current || undefined}
      data-picked={picked || undefined}
      data-picking={picking || undefined}
    >
      <Link
        href={href}
        className={classes.link}
        aria-current={current ? 'true' : undefined}
        draggable={false}
      >
        <span className={classes.text}>
          <span className={classes.top}>
            {!row.seen && (
              <span className={classes.spoken}>
                <Trans>Unread</Trans>,{' '}
              </span>
            )}
            <span className={classes.who} title={people(shown)}>
              {who}
            </span>
            <span className={classes.marks}>
              {row.problem && (
                <IconAlertTriangle size={15} className={classes.bad} aria-label={t`cannot be shown`} />
              )}
              {row.answered && <IconArrowBackUp size={15} aria-label={t`answered`} />}
              {row.forwarded && <IconArrowForwardUp size={15} aria-label={t`forwarded`} />}
              {row.attachments > 0 && <IconPaperclip size={15} aria-label={t`with attachments`} />}
            </span>
            <time className={classes.time} dateTime={new Date(row.date).toISOString()}>
              {shortTime(row.date, now, i18n.locale)}
            </time>
          </span>
          <span className={classes.subject}>
            {row.draft && (
              <span className={classes.draft}>
                <Trans>Draft</Trans>
              </span>
            )}
            {subject}
          </span>
          <span className={classes.snippet}>{row.problem ? row.problem.title : row.snippet}</span>
        </span>
      </Link>
      <button
        type="button"
        className={classes.pick}
        onClick={(e) => onPick(row, e.shiftKey)}
        aria-pressed={picked}
        aria-label={t`Pick: ${who}, ${subject}`}
      >
        <Avatar name={first?.name ?? ''} addr={first?.addr ?? '?'} />
        <span className={classes.check} aria-hidden>
          {picked && <IconCheck size={18} stroke={2.4} />}
        </span>
      </button>
      <button
        type="button"
        className={classes.star}
        data-on={row.flagged || undefined}
        onClick={() => onStar(row)}
        aria-pressed={row.flagged}
        aria-label={t`Star: ${subject}`}
      >
        {row.flagged ? <IconStarFilled size={16} /> : <IconStar size={16} />}
      </button>
    </div>
  )
})
