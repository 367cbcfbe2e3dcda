import { expect, test } from 'vitest'
import type { Chapter } from '../../src/api/types'
import { find } from '../../src/features/help/find'

const line = (ids: string[], says: string, title: string, action = '') => ({
  ids,
  says,
  title,
  action,
  who: 'you' as const,
})
const chapters: Chapter[] = [
  {
    id: 'a',
    title: 'A',
    about: '',
    lines: [line(['aadsts50076', 'aadsts50079'], '50076, 50079', 'Sign in again.', 'Confirm.')],
  },
  {
    id: 'b',
    title: 'B',
    about: '',
    lines: [
      line(['smtp-full'], 'mailbox full', 'The mailbox is full.'),
      line(['smtp-other'], 'x', 'Refused.'),
    ],
  },
]
const ids = (search: string) => find(chapters, search).flatMap((c) => c.lines.map((l) => l.ids[0]))

test('all words must be there, in whatever order and case', () => {
  expect(ids('FULL mailbox')).toEqual(['smtp-full'])
  expect(ids('full refused')).toEqual([])
  expect(ids('  ')).toHaveLength(3)
})

test('a pasted raw text is found by its last number', () => {
  expect(ids('AADSTS70002: Error. AADSTS50079: Due to a change … Trace ID: 1-2')).toEqual(['aadsts50076'])
  expect(ids('50076')).toEqual(['aadsts50076'])
})

test('a chapter without a hit is left out', () => {
  expect(find(chapters, 'refused').map((c) => c.id)).toEqual(['b'])
})
