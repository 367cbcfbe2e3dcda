import { useQuery } from '@tanstack/react-query'
import { answer, api } from './client'

/** Everything that can go wrong, chapter by chapter. It changes only with the server itself. */
export const useProblems = () =>
  useQuery({
    queryKey: ['problems'],
    queryFn: () => answer(api.GET('/api/problems')),
    staleTime: Number.POSITIVE_INFINITY,
  })
