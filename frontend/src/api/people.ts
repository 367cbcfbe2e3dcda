import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import type { User } from './types'

export const peopleKeys = {
  all: ['people'] as const,
  users: ['people', 'users'] as const,
  invitations: ['people', 'invitations'] as const,
}

export const usePeople = () =>
  useQuery({ queryKey: peopleKeys.users, queryFn: () => answer(api.GET('/api/users')) })

export const useInvitations = () =>
  useQuery({
    queryKey: peopleKeys.invitations,
    queryFn: () => answer(api.GET('/api/invitations')),
    staleTime: 0,
  })

type Change = { id: string; name?: string; role?: User['role']; disabled?: boolean; password?: string }

/** A change of who may sign in; what is shown of it is read anew. */
function useAffair<In, Out>(mutationFn: (input: In) => Promise<Out>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn,
    // Not waited for: what comes of it may take the part of the page away that waits for the answer.
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: peopleKeys.all })
    },
  })
}

const at = (id: string) => ({ params: { path: { id } } })

export const useChangePerson = () =>
  useAffair(({ id, ...body }: Change) => answer(api.PATCH('/api/users/{id}', { ...at(id), body })))

export const useRemovePerson = () => useAffair((id: string) => answer(api.DELETE('/api/users/{id}', at(id))))

export const useResetFactors = () =>
  useAffair((id: string) => answer(api.DELETE('/api/users/{id}/factors', at(id))))

export const useResetLink = () => useAffair((id: string) => answer(api.POST('/api/users/{id}/reset', at(id))))

export const useInvite = () =>
  useAffair((body: { email: string; name?: string; role: User['role'] }) =>
    answer(api.POST('/api/invitations', { body })),
  )

export const useInviteAgain = () =>
  useAffair((id: string) => answer(api.POST('/api/invitations/{id}/again', at(id))))

export const useUninvite = () =>
  useAffair((id: string) => answer(api.DELETE('/api/invitations/{id}', at(id))))
