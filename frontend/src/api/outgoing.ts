import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import type { Draft } from './types'

export const outgoingKeys = { all: ['outgoing'] as const }

/** Every mail on its way, and those that have left, newest first. */
export const useOutgoing = () =>
  useQuery({ queryKey: outgoingKeys.all, queryFn: () => answer(api.GET('/api/outgoing')) })

/** Hands a mail over. The key stays the same for one compose window, so that a repeated try is the same mail. */
export function useSend() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ key, draft }: { key: string; draft: Draft }) =>
      answer(api.POST('/api/outgoing', { params: { header: { 'Idempotency-Key': key } }, body: draft })),
    onSuccess: () => queries.invalidateQueries({ queryKey: outgoingKeys.all }),
  })
}

export type OutgoingStep = 'retry' | 'resolve' | 'cancel'

/** Tries a mail again, says that it was sent after all, or takes it back. */
export function useOutgoingStep() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async ({ id, step }: { id: string; step: OutgoingStep }): Promise<void> => {
      const target = { params: { path: { id } } }
      if (step === 'cancel') await answer(api.DELETE('/api/outgoing/{id}', target))
      else if (step === 'retry') await answer(api.POST('/api/outgoing/{id}/retry', target))
      else await answer(api.POST('/api/outgoing/{id}/resolve', target))
    },
    onSettled: () => queries.invalidateQueries({ queryKey: outgoingKeys.all }),
  })
}
