import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconDotsVertical } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { Message, Row } from '../../api/types'
import { Avatar } from '../../ui/Avatar'
import { longTime, mediumTime } from '../../ui/time'
import { full, nameOf, names } from './addresses'
import classes from './MailHead.module.css'

const MailMenu = lazy(() => import('./MailMenu'))

type Props = {
  row: Row
  message?: Message
  onFold?: () => void
  light: boolean
  onLight: (light: boolean) => void
  onAnswer: (kind: 'reply' | 'replyAll' | 'forward') => void
}

/** Who wrote to whom and when; every address on request. */
export function MailHead({ row, message, onFold, light, onLight, onAnswer }: Props) {
  const { t, i18n } = useLingui()
  const [open, setOpen] = useState(false)
  const from = row.from[0]
  const to = names([...row.to, ...(message?.cc ?? [])]) || t`nobody named`
  const lines = [
    { label: t`From`, list: row.from },
    { label: t`Reply to`, list: message?.replyTo ?? [] },
    { label: t`To`, list: row.to },
    { label: t`Cc`, list: message?.cc ?? [] },
    { label: t`Bcc`, list: message?.bcc ?? [] },
  ]
  return (
    <header className={classes.head}>
      <Avatar name={from?.name ?? ''} addr={from?.addr ?? '?'} size={40} />
      <div className={classes.people}>
        <div className={classes.from}>
          <span className={classes.name}>{from ? nameOf(from) : t`Unknown sender`}</span>
          {from?.name && <span className={classes.addr}>{from.addr}</span>}
        </div>
        <UnstyledButton className={classes.to} onClick={() => setOpen(!open)} aria-expanded={open}>
          <span className={classes.toNames}>
            <Trans>to {to}</Trans>
          </span>
          <IconChevronDown size={14} aria-label={t`All addresses`} />
        </UnstyledButton>
      </div>
      <time
        className={classes.time}
        title={longTime(row.date, i18n.locale)}
        dateTime={new Date(row.date).toISOString()}
      >
        {mediumTime(row.date, i18n.locale)}
      </time>
      <Suspense
        fallback={
          <ActionIcon size={32} aria-label={t`More for this mail`}>
            <IconDotsVertical size={18} />
          </ActionIcon>
        }
      >
        <MailMenu
          row={row}
          message={message}
          onFold={onFold}
          light={light}
          onLight={onLight}
          onAnswer={onAnswer}
        />
      </Suspense>
      {open && (
        <dl className={classes.details}>
          {lines.map(({ label, list }) =>
            list.length > 0 ? (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{list.map(full).join(', ')}</dd>
              </div>
            ) : null,
          )}
          <div>
            <dt>
              <Trans>Date</Trans>
            </dt>
            <dd>{longTime(row.date, i18n.locale)}</dd>
          </div>
        </dl>
      )}
    </header>
  )
}
