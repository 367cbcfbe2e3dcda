import { expect, test } from 'vitest'
import { patchPage, removeRows } from '../../src/api/rows'
import type { Row } from '../../src/api/types'

const rows = (from: number, n: number) =>
  Array.from({ length: n }, (_, i) => ({ id: String(from + i), seen: false }) as Row)
const page = (offset: number, n: number) => ({ offset, page: { total: 10, messages: rows(offset, n) } })
const ids = (list: ReturnType<typeof removeRows>) =>
  Object.fromEntries(list.map(({ offset, page: p }) => [offset, p.messages.map((row) => row.id).join(' ')]))

test('rows move up across pages that lie side by side', () => {
  const after = removeRows([page(4, 4), page(0, 4)], new Set(['1', '5']), 4)
  expect(ids(after)).toEqual({ 0: '0 2 3 4', 4: '6 7' })
  expect(after.every(({ page: p }) => p.total === 8)).toBe(true)
})

test('nothing moves across a gap', () => {
  expect(ids(removeRows([page(0, 4), page(8, 2)], new Set(['1']), 4))).toEqual({ 0: '0 2 3', 8: '8 9' })
})

test('a list without these rows stays the same object', () => {
  const list = [page(0, 4)]
  expect(removeRows(list, new Set(['99']), 4)).toBe(list)
})

test('a patch touches only the rows it names', () => {
  const before = page(0, 2).page
  const after = patchPage(before, new Set(['1']), { seen: true })
  expect(after.messages.map((row) => row.seen)).toEqual([false, true])
  expect(after.messages[0]).toBe(before.messages[0])
  expect(patchPage(before, new Set(['7']), { seen: true })).toBe(before)
})
