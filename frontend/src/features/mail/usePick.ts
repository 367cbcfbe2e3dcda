import { useState } from 'react'
import type { Rows } from '../../api/messages'
import type { Row } from '../../api/types'

export type Pick = {
  rows: Row[]
  has: (id: string) => boolean
  /** Picks or drops a row; with range, everything from the last one picked to this one. */
  toggle: (row: Row, range: boolean) => void
  clear: () => void
}

/** The rows that somebody has picked to do one thing to all of them. */
export function usePick(list: Rows): Pick {
  const [picked, setPicked] = useState<ReadonlyMap<string, Row>>(new Map())
  const [anchor, setAnchor] = useState<string>()

  const toggle = (row: Row, range: boolean) => {
    const next = new Map(picked)
    const from = range && anchor ? list.indexOf(anchor) : -1
    const to = list.indexOf(row.id)
    if (from >= 0 && to >= 0) {
      for (let i = Math.min(from, to); i <= Math.max(from, to); i++) {
        const one = list.row(i)
        if (one) next.set(one.id, one)
      }
    } else if (next.has(row.id)) next.delete(row.id)
    else next.set(row.id, row)
    setPicked(next)
    setAnchor(row.id)
  }
  return {
    rows: [...picked.values()],
    has: (id) => picked.has(id),
    toggle,
    clear: () => setPicked(new Map()),
  }
}
