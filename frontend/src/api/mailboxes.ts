import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import type { ConnectWish } from './types'

export const mailboxKeys = {
  all: ['mailboxes'] as const,
  providers: ['mailboxes', 'providers'] as const,
  problem: ['connect-problem'] as const,
}

const list = {
  queryKey: [...mailboxKeys.all, 'list'] as const,
  queryFn: () => answer(api.GET('/api/mailboxes')),
}

/** All mailboxes of the person, each with its folders. */
export const useMailboxes = () => useQuery(list)

/** The buttons that a mailbox can be connected with. */
export const useConnectable = () =>
  useQuery({ queryKey: mailboxKeys.providers, queryFn: () => answer(api.GET('/api/providers')) })

/** Why the last trip to a sign-in page ended badly; asked only when the address says that it did. */
export const useConnectProblem = (enabled: boolean) =>
  useQuery({
    queryKey: mailboxKeys.problem,
    queryFn: () => answer(api.GET('/api/mailboxes/connect/problem')),
    enabled,
    staleTime: 0,
  })

const leave = ({ url }: { url: string }) => location.assign(url)

/** Leaves for the provider's sign-in page. */
export const useConnect = () =>
  useMutation({
    mutationFn: (body: ConnectWish) => answer(api.POST('/api/mailboxes/connect', { body })),
    onSuccess: leave,
  })

/** Leaves for the sign-in page to renew the grant of a mailbox that is here already. */
export const useReconnect = () =>
  useMutation({
    mutationFn: (id: string) =>
      answer(api.POST('/api/mailboxes/{id}/reconnect', { params: { path: { id } } })),
    onSuccess: leave,
  })

export function useSyncNow() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => answer(api.POST('/api/mailboxes/{id}/sync', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: mailboxKeys.all }),
  })
}

/** Has a mailbox left alone, or go on. */
export function usePause() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, pause }: { id: string; pause: boolean }) =>
      pause
        ? answer(api.POST('/api/mailboxes/{id}/pause', { params: { path: { id } } }))
        : answer(api.POST('/api/mailboxes/{id}/resume', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: mailboxKeys.all }),
  })
}

/** Gives a mailbox's connection up. What it shows of that mailbox changes once settle is called. */
export function useDisconnect(id: string) {
  const queries = useQueryClient()
  const mutation = useMutation({
    mutationFn: (body: { keep: boolean }) =>
      answer(api.POST('/api/mailboxes/{id}/disconnect', { params: { path: { id } }, body })),
  })
  const settle = () => {
    mutation.reset()
    void queries.invalidateQueries()
  }
  return { ...mutation, settle }
}
