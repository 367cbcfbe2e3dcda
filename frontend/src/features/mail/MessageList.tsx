import { useLingui } from '@lingui/react/macro'
import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react'
import type { Range, Rows } from '../../api/messages'
import type { Role } from '../../api/types'
import { type Place, placePath } from '../../paths'
import { useNow } from '../../ui/useNow'
import { reveal, VirtualList } from '../../ui/VirtualList'
import { MessageRow } from './MessageRow'
import { RowSkeleton } from './RowSkeleton'
import type { Pick } from './usePick'
import { useRowAct } from './useRowAct'

export const rowHeight = 76

type Props = {
  place: Place
  rows: Rows
  open?: string
  role?: Role
  pick: Pick
  scroller: RefObject<HTMLDivElement | null>
  onRange: (range: Range) => void
}

export function MessageList({ place, rows, open, role, pick, scroller, onRange }: Props) {
  const { t } = useLingui()
  const now = useNow()
  const act = useRowAct()
  const top = useRef<{ id: string; index: number }>(undefined)

  const seen = useCallback(
    (range: Range) => {
      const row = rows.row(range.first)
      top.current = row && { id: row.id, index: range.first }
      onRange(range)
    },
    [rows, onRange],
  )

  // New mail comes in above: the rows in view stay where they are, under the pointer.
  useLayoutEffect(() => {
    const el = scroller.current
    const was = top.current
    if (!el || !was || el.scrollTop < rowHeight) return
    const index = rows.indexOf(was.id)
    if (index < 0 || index === was.index) return
    el.scrollTop += (index - was.index) * rowHeight
    top.current = { id: was.id, index }
  })

  const index = open ? rows.indexOf(open) : -1
  // biome-ignore lint/correctness/useExhaustiveDependencies: only opening another mail scrolls, not its moving in the list
  useLayoutEffect(() => {
    if (scroller.current && index >= 0) reveal(scroller.current, index, rowHeight)
  }, [open, index >= 0])

  return (
    <VirtualList
      label={t`Mails`}
      count={rows.count ?? 12}
      height={rowHeight}
      scroller={scroller}
      onRange={seen}
      row={(i) => {
        const row = rows.row(i)
        if (!row) return <RowSkeleton index={i} />
        return (
          <MessageRow
            key={row.id}
            row={row}
            href={placePath(place, row.id)}
            now={now}
            current={row.id === open}
            outgoing={role === 'sent' || role === 'drafts'}
            picked={pick.has(row.id)}
            picking={pick.rows.length > 0}
            onPick={pick.toggle}
            onStar={act.star}
          />
        )
      }}
    />
  )
}
