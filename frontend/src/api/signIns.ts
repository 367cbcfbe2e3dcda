import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import type { SignInProviderInput } from './types'

const key = ['sign-in-providers'] as const

/** The services that people may sign in with, for administrators. */
export const useSignInProviders = () =>
  useQuery({ queryKey: key, queryFn: () => answer(api.GET('/api/admin/sign-in-providers')) })

export function useSaveSignIn(id?: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: SignInProviderInput) =>
      answer(
        id
          ? api.PUT('/api/admin/sign-in-providers/{id}', { params: { path: { id } }, body })
          : api.POST('/api/admin/sign-in-providers', { body }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  })
}

export function useRemoveSignIn() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      answer(api.DELETE('/api/admin/sign-in-providers/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  })
}
