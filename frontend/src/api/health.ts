import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import { mailboxKeys } from './mailboxes'
import type { Mailbox } from './types'

/**
 * How a mailbox has fared. It is asked again when the mailbox's state is another, and every so often:
 * `every` is in ms.
 */
export const useHealth = (mailbox: Mailbox, every: number) =>
  useQuery({
    queryKey: [
      'health',
      mailbox.id,
      mailbox.state,
      mailbox.stateSince,
      mailbox.retryAt,
      mailbox.sendCheckedAt,
    ],
    queryFn: () => answer(api.GET('/api/mailboxes/{id}/health', { params: { path: { id: mailbox.id } } })),
    placeholderData: keepPreviousData,
    refetchInterval: every,
  })

/** Where the same is as a text to keep. */
export const reportPath = (id: string) => `/api/mailboxes/${id}/health.txt`

/** Has the worker see now whether the mailbox may send by now. */
export function useCheckSending() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      answer(api.POST('/api/mailboxes/{id}/check-sending', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: mailboxKeys.all }),
  })
}

/** Has older mail fetched as well. */
export function useDeepen() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, since }: { id: string; since: number }) =>
      answer(api.PATCH('/api/mailboxes/{id}', { params: { path: { id } }, body: { since } })),
    onSettled: () => queries.invalidateQueries({ queryKey: mailboxKeys.all }),
  })
}
