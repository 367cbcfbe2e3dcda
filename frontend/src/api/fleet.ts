import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'

const key = ['fleet'] as const

/** All mailboxes of this Postroom. No feed tells of other people's, so it is asked every so often. */
export const useFleet = () =>
  useQuery({
    queryKey: key,
    queryFn: () => answer(api.GET('/api/admin/mailboxes')),
    refetchInterval: 15_000,
  })

export function useSyncTheirs() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      answer(api.POST('/api/admin/mailboxes/{id}/sync', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  })
}
