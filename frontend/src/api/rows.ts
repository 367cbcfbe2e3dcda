// Changing lists that are in the cache, ahead of the server's answer. Pure functions.
import type { Page, Row } from './types'

export type Loaded = { offset: number; page: Page }

const patched = (row: Row, ids: ReadonlySet<string>, change: Partial<Row>) =>
  ids.has(row.id) ? { ...row, ...change } : row

/** The page with change applied to the rows that ids name; the same object when none is in it. */
export function patchPage<P extends { messages: Row[] }>(
  page: P,
  ids: ReadonlySet<string>,
  change: Partial<Row>,
): P {
  if (!page.messages.some((row) => ids.has(row.id))) return page
  return { ...page, messages: page.messages.map((row) => patched(row, ids, change)) }
}

/**
 * The pages without the rows that ids name. Later rows move up, across pages that lie side by side;
 * where the next page is not loaded, the last one stays short until it is asked for again.
 */
export function removeRows(loaded: Loaded[], ids: ReadonlySet<string>, size: number): Loaded[] {
  const pages = [...loaded].sort((a, b) => a.offset - b.offset)
  const gone = pages.reduce((n, { page }) => n + page.messages.filter((row) => ids.has(row.id)).length, 0)
  if (gone === 0) return loaded
  const out: Loaded[] = []
  for (let i = 0; i < pages.length; ) {
    const run = [pages[i] as Loaded]
    while (pages[i + run.length]?.offset === (run.at(-1)?.offset ?? 0) + size) {
      run.push(pages[i + run.length] as Loaded)
    }
    const rows = run.flatMap(({ page }) => page.messages).filter((row) => !ids.has(row.id))
    run.forEach(({ offset, page }, k) => {
      const messages = rows.slice(k * size, (k + 1) * size)
      out.push({ offset, page: { total: Math.max(0, page.total - gone), messages } })
    })
    i += run.length
  }
  return out
}
