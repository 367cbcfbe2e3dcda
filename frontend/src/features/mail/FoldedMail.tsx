import { useLingui } from '@lingui/react/macro'
import { UnstyledButton } from '@mantine/core'
import { IconPaperclip } from '@tabler/icons-react'
import type { Row } from '../../api/types'
import { Avatar } from '../../ui/Avatar'
import { shortTime } from '../../ui/time'
import { useNow } from '../../ui/useNow'
import { nameOf } from './addresses'
import classes from './FoldedMail.module.css'

/** A mail of the conversation as one line. */
export function FoldedMail({ row, onOpen }: { row: Row; onOpen: () => void }) {
  const { t, i18n } = useLingui()
  const now = useNow()
  const from = row.from[0]
  return (
    <UnstyledButton
      className={classes.mail}
      onClick={onOpen}
      aria-expanded={false}
      data-unread={!row.seen || undefined}
    >
      <Avatar name={from?.name ?? ''} addr={from?.addr ?? '?'} size={28} />
      <span className={classes.who}>{from ? nameOf(from) : t`Unknown sender`}</span>
      <span className={classes.snippet}>{row.snippet}</span>
      {row.attachments > 0 && <IconPaperclip size={15} aria-label={t`with attachments`} />}
      <time className={classes.time}>{shortTime(row.date, now, i18n.locale)}</time>
    </UnstyledButton>
  )
}
