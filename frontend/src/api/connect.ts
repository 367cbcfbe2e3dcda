// A sign-in on its way to become a mailbox.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import type { AttemptAnswer } from './types'

const attemptKey = (id: string) => ['attempt', id] as const

/** Attempts are in no change stream: the page opens while they run, and they take seconds. */
const beat = 400

export const useAttempt = (id: string) =>
  useQuery({
    queryKey: attemptKey(id),
    queryFn: () => answer(api.GET('/api/connect/attempts/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? beat : false),
    staleTime: 0,
  })

/** Answers what an attempt asks; it goes on at once. */
export function useAnswer(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: AttemptAnswer) =>
      answer(api.POST('/api/connect/attempts/{id}/answer', { params: { path: { id } }, body })),
    onSettled: () => queries.invalidateQueries({ queryKey: attemptKey(id) }),
  })
}

/** Leaves for the sign-in page with what an attempt was begun with. */
export const useStartAgain = (id: string) =>
  useMutation({
    mutationFn: () => answer(api.POST('/api/connect/attempts/{id}/again', { params: { path: { id } } })),
    onSuccess: ({ url }) => location.assign(url),
  })
