import { Trans } from '@lingui/react/macro'
import { UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { Row } from '../../api/types'
import classes from './Conversation.module.css'
import { FoldedMail } from './FoldedMail'
import { MailCard } from './MailCard'

/** How many folded mails are shown before the rest hides behind one line. */
const few = 4

type Props = { rows: Row[]; open: string; reveal: (el: HTMLElement) => void }

/** The mails that answer one another, oldest first; the open one is spread out, the others are folded. */
export function Conversation({ rows, open, reveal }: Props) {
  const [spread, setSpread] = useState<ReadonlySet<string>>(new Set([open]))
  const [all, setAll] = useState(false)
  const at = rows.findIndex((row) => row.id === open)
  const hidden = all ? 0 : Math.max(0, at - few)
  const toggle = (id: string) => {
    const next = new Set(spread)
    if (!next.delete(id)) next.add(id)
    setSpread(next)
  }
  return (
    <div className={classes.conversation}>
      {hidden > 0 && (
        <UnstyledButton className={classes.earlier} onClick={() => setAll(true)}>
          <Trans>Show {hidden} earlier mails</Trans>
        </UnstyledButton>
      )}
      {rows
        .slice(hidden)
        .map((row) =>
          spread.has(row.id) ? (
            <MailCard
              key={row.id}
              row={row}
              onFold={rows.length > 1 ? () => toggle(row.id) : undefined}
              onShown={row.id === open && at > 0 ? reveal : undefined}
            />
          ) : (
            <FoldedMail key={row.id} row={row} onOpen={() => toggle(row.id)} />
          ),
        )}
    </div>
  )
}
