import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import { mailboxKeys } from './mailboxes'
import type { ProviderInput } from './types'

export const providerKeys = { all: ['providers'] as const }

/** Every provider with its settings, for administrators. */
export const useProviders = () =>
  useQuery({ queryKey: providerKeys.all, queryFn: () => answer(api.GET('/api/admin/providers')) })

function useRefresh() {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ queryKey: mailboxKeys.providers })
    return queries.invalidateQueries({ queryKey: providerKeys.all })
  }
}

/** Adds a provider, or changes the one that id names. */
export function useSaveProvider(id?: string) {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (body: ProviderInput) =>
      id
        ? answer(api.PUT('/api/admin/providers/{id}', { params: { path: { id } }, body }))
        : answer(api.POST('/api/admin/providers', { body })),
    onSuccess: refresh,
  })
}

export function useRemoveProvider() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE('/api/admin/providers/{id}', { params: { path: { id } } })),
    onSettled: refresh,
  })
}
