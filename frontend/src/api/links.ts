// Connect links: asking people to connect an address, and how far they have come.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import type { LinksInput } from './types'

const linkKeys = { all: ['links'] as const, offer: (token: string) => ['link', token] as const }

/** Other people move them on, and no change stream tells a manager: the board looks again by itself. */
const beat = 5000

export const useLinks = () =>
  useQuery({
    queryKey: linkKeys.all,
    queryFn: () => answer(api.GET('/api/links')),
    refetchInterval: beat,
    staleTime: 0,
  })

export function useMakeLinks() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: LinksInput) => answer(api.POST('/api/links', { body })),
    onSettled: () => queries.invalidateQueries({ queryKey: linkKeys.all }),
  })
}

export function useRenewLink() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, mail }: { id: string; mail: boolean }) =>
      answer(api.POST('/api/links/{id}/renew', { params: { path: { id } }, body: { mail } })),
    onSettled: () => queries.invalidateQueries({ queryKey: linkKeys.all }),
  })
}

export function useRemoveLink() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE('/api/links/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: linkKeys.all }),
  })
}

/** What a link is for. */
export const useLinkOffer = (token: string) =>
  useQuery({
    queryKey: linkKeys.offer(token),
    queryFn: () => answer(api.POST('/api/links/open', { body: { token } })),
    retry: false,
    staleTime: 0,
  })

/** Leaves for the sign-in page with what a link is made for. */
export const useFollowLink = () =>
  useMutation({
    mutationFn: (token: string) => answer(api.POST('/api/links/follow', { body: { token } })),
    onSuccess: ({ url }) => location.assign(url),
  })
