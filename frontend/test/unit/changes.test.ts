import { expect, test } from 'vitest'
import { staleKeys } from '../../src/api/changes'
import { mailboxKeys } from '../../src/api/mailboxes'
import { messageKeys } from '../../src/api/messages'
import { outgoingKeys } from '../../src/api/outgoing'
import type { Change } from '../../src/api/types'

const change = (part: Partial<Change>) => ({ seq: 1, at: 0, kind: 'added', ...part }) as Change

test('new mail makes its folder stale, and no other', () => {
  const keys = staleKeys(change({ folder: '7' }))
  expect(keys).toContainEqual(messageKeys.list('7'))
  expect(keys).not.toContainEqual(messageKeys.lists)
  expect(keys).toContainEqual(mailboxKeys.all)
})

test('changed mails are asked for again one by one, or all when they are many', () => {
  expect(staleKeys(change({ kind: 'changed', folder: '7', ids: ['3'] }))).toContainEqual(messageKeys.one('3'))
  expect(staleKeys(change({ kind: 'changed', folder: '7' }))).toContainEqual(messageKeys.ones)
})

test('a mail on its way touches the outbox only', () => {
  expect(staleKeys(change({ kind: 'outgoing' }))).toEqual([outgoingKeys.all])
})

test('progress of a mailbox does not load mail again', () => {
  expect(staleKeys(change({ kind: 'mailbox' }))).toEqual([mailboxKeys.all])
})

test('a kind of a newer server is passed over', () => {
  expect(staleKeys(change({ kind: 'moon' as Change['kind'] }))).toEqual([])
})
