// What one line of the change stream makes stale. Pure, so that it can be tested.
import type { QueryKey } from '@tanstack/react-query'
import { mailboxKeys } from './mailboxes'
import { messageKeys } from './messages'
import { outgoingKeys } from './outgoing'
import type { Change } from './types'

const mail = (change: Change): QueryKey[] => [
  change.folder ? messageKeys.list(change.folder) : messageKeys.lists,
  messageKeys.threads,
  messageKeys.searches,
  mailboxKeys.all,
]

export function staleKeys(change: Change): QueryKey[] {
  switch (change.kind) {
    case 'mailbox':
    case 'folders':
      return [mailboxKeys.all]
    case 'added':
      return mail(change)
    case 'changed':
      return change.ids?.length
        ? [...mail(change), ...change.ids.map((id) => messageKeys.one(id))]
        : [...mail(change), messageKeys.ones]
    case 'outgoing':
      return [outgoingKeys.all]
    case 'action_failed':
      return [messageKeys.failed, messageKeys.all, mailboxKeys.all]
    default:
      return [] // a kind that a newer server knows
  }
}
