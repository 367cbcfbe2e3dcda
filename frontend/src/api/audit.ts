import { useInfiniteQuery } from '@tanstack/react-query'
import { answer, api } from './client'

export type AuditFilter = { person?: string; action?: string }

/** Who did what, newest first, a stretch at a time. */
export const useAudit = (filter: AuditFilter) =>
  useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) =>
      answer(api.GET('/api/audit', { params: { query: { ...filter, before: pageParam, limit: 50 } } })),
    initialPageParam: 0,
    getNextPageParam: (page) => (page.more ? page.entries.at(-1)?.id : undefined),
    staleTime: 0,
  })
