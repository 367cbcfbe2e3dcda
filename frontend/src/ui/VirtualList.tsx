// A list of rows of one height, of which only those in view exist.
import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import type { Range } from '../api/messages'
import classes from './VirtualList.module.css'

const spare = 6

type Props = {
  label: string
  count: number
  height: number
  row: (index: number) => ReactNode
  /** Tells the range in view, so that its data can be asked for. */
  onRange: (range: Range) => void
  scroller: RefObject<HTMLDivElement | null>
}

/** The rows that a window of this height shows at this scroll position. */
export function rangeAt(scrollTop: number, viewport: number, height: number, count: number): Range {
  const first = Math.max(0, Math.floor(scrollTop / height))
  const last = Math.max(first, Math.min(count, Math.ceil((scrollTop + viewport) / height)) - 1)
  return { first, last }
}

export function VirtualList({ label, count, height, row, onRange, scroller }: Props) {
  const [range, setRange] = useState<Range>({ first: 0, last: 20 })
  const told = useRef(onRange)
  told.current = onRange

  useLayoutEffect(() => {
    const el = scroller.current
    if (!el) return
    const look = () => {
      const now = rangeAt(el.scrollTop, el.clientHeight, height, count)
      setRange((was) => (was.first === now.first && was.last === now.last ? was : now))
      told.current(now)
    }
    look()
    el.addEventListener('scroll', look, { passive: true })
    const size = new ResizeObserver(look)
    size.observe(el)
    return () => {
      el.removeEventListener('scroll', look)
      size.disconnect()
    }
  }, [count, height, scroller])

  const from = Math.max(0, range.first - spare)
  const to = Math.min(count - 1, range.last + spare)
  const rows: ReactNode[] = []
  for (let i = from; i <= to; i++) {
    rows.push(
      <li
        key={i}
        className={classes.row}
        style={{ height, transform: `translateY(${i * height}px)` }}
        aria-setsize={count}
        aria-posinset={i + 1}
      >
        {row(i)}
      </li>,
    )
  }
  return (
    <div ref={scroller} className={classes.scroller}>
      <ul className={classes.rows} style={{ height: count * height }} aria-label={label}>
        {rows}
      </ul>
    </div>
  )
}

/** Scrolls just as far as needed to have the row in view. */
export function reveal(el: HTMLElement, index: number, height: number) {
  const top = index * height
  if (top < el.scrollTop) el.scrollTop = top
  else if (top + height > el.scrollTop + el.clientHeight) el.scrollTop = top + height - el.clientHeight
}
