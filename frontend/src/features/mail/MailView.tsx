import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { messageOptions, type Range, type Rows } from '../../api/messages'
import type { Role } from '../../api/types'
import { type Place, placePath } from '../../paths'
import { Broken } from '../../ui/Broken'
import { useNarrow } from '../shell/nav'
import { FailedActions } from './FailedActions'
import classes from './MailView.module.css'
import { MessageList } from './MessageList'
import { NothingOpen } from './NothingOpen'
import { PickBar } from './PickBar'
import { Reader } from './Reader'
import { useListKeys } from './useListKeys'
import { usePick } from './usePick'

type Props = {
  place: Place
  role?: Role
  open?: string
  rows: Rows
  /** How many mails the list has; absent when that says nothing. */
  total?: number
  onRange: (range: Range) => void
  head: ReactNode
  empty: ReactNode
}

/** A list and the mail that is open in it, side by side or one at a time. */
export function MailView({ place, role, open, rows, total, onRange, head, empty }: Props) {
  const narrow = useNarrow()
  const [, go] = useLocation()
  const [last, setLast] = useState(0)
  const scroller = useRef<HTMLDivElement>(null)
  const pick = usePick(rows)
  const found = open ? rows.indexOf(open) : -1
  // The list may have moved on; the place where the open mail was is remembered.
  const index = found >= 0 ? found : last
  if (found >= 0 && found !== last) setLast(found)

  // The next key press finds its mail here already.
  const queries = useQueryClient()
  const next = found >= 0 ? rows.row(found + 1)?.id : undefined
  const previous = found > 0 ? rows.row(found - 1)?.id : undefined
  useEffect(() => {
    for (const id of [next, previous]) if (id) void queries.prefetchQuery(messageOptions(id))
  }, [next, previous, queries])

  const show = (id: string | undefined) => go(placePath(place, id))
  const close = () => show(undefined)
  const step = (by: 1 | -1) => {
    const target = open ? rows.row(index + by) : rows.row(index)
    if (target) show(target.id)
  }
  /** Opens what comes next when the mails with these ids leave the list. */
  const moveOn = (ids: ReadonlySet<string>) => {
    if (!open || !ids.has(open) || found < 0) return
    for (let i = found + 1; i < found + 100; i++) {
      const row = rows.row(i)
      if (row && !ids.has(row.id)) return show(row.id)
    }
    const before = found > 0 ? rows.row(found - 1) : undefined
    show(before && !narrow ? before.id : undefined)
  }
  useListKeys({ step, close, open: open !== undefined })

  const picked = pick.rows.length > 0
  return (
    <main className={classes.view} data-open={open !== undefined || undefined}>
      <section className={classes.list} hidden={narrow && open !== undefined}>
        {head}
        <FailedActions />
        {picked && <PickBar pick={pick} moveOn={moveOn} />}
        {rows.error ? (
          <Broken error={rows.error} retry={rows.retry} />
        ) : rows.count === 0 ? (
          empty
        ) : (
          <MessageList
            place={place}
            rows={rows}
            open={open}
            pick={pick}
            scroller={scroller}
            onRange={onRange}
            role={role}
          />
        )}
      </section>
      {open ? (
        <Reader
          key={open}
          id={open}
          row={found >= 0 ? rows.row(found) : undefined}
          onClose={close}
          onStep={step}
          moveOn={moveOn}
          keys={!picked}
        />
      ) : (
        !narrow && <NothingOpen count={total} />
      )}
    </main>
  )
}
