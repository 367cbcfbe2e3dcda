import { useQuery } from '@tanstack/react-query'
import { answer, api } from './client'

const soon = 3_000
const seldom = 60_000

/** The keys that seal tokens and secrets, for administrators. While a rotation goes on it is looked at often. */
export const useKeyRing = () =>
  useQuery({
    queryKey: ['keyring'] as const,
    queryFn: () => answer(api.GET('/api/admin/keys')),
    refetchInterval: ({ state }) => (state.data && state.data.done < state.data.total ? soon : seldom),
  })
