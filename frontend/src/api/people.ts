import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import type { User } from './types'

export const peopleKeys = { all: ['people'] as const }

export const usePeople = () =>
  useQuery({ queryKey: peopleKeys.all, queryFn: () => answer(api.GET('/api/users')) })

type NewPerson = { email: string; name: string; password: string; role: User['role'] }
type Change = { id: string; name?: string; role?: User['role']; disabled?: boolean; password?: string }

export function useAddPerson() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: NewPerson) => answer(api.POST('/api/users', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: peopleKeys.all }),
  })
}

export function useChangePerson() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...body }: Change) =>
      answer(api.PATCH('/api/users/{id}', { params: { path: { id } }, body })),
    onSettled: () => queries.invalidateQueries({ queryKey: peopleKeys.all }),
  })
}
