import {
  keepPreviousData,
  type QueryKey,
  queryOptions,
  useInfiniteQuery,
  useQueries,
  useQuery,
} from '@tanstack/react-query'
import { answer, api } from './client'
import type { Filter, Page, Row } from './types'

export const pageSize = 100

export const messageKeys = {
  all: ['messages'] as const,
  lists: ['messages', 'list'] as const,
  list: (folder: string) => [...messageKeys.lists, folder] as const,
  page: (folder: string, filter: Filter | undefined, offset: number) =>
    [...messageKeys.list(folder), filter ?? 'all', offset] as const,
  searches: ['messages', 'search'] as const,
  search: (q: string, mailbox?: string) => [...messageKeys.searches, q, mailbox ?? ''] as const,
  threads: ['messages', 'thread'] as const,
  thread: (id: string) => [...messageKeys.threads, id] as const,
  ones: ['messages', 'one'] as const,
  one: (id: string) => [...messageKeys.ones, id] as const,
  shown: (id: string, images: boolean) => [...messageKeys.one(id), images] as const,
  failed: ['actions', 'failed'] as const,
}

/** Rows of a list that is too long to hold: what is loaded, and how many there are. */
export type Rows = {
  count: number | undefined
  row: (index: number) => Row | undefined
  /** Where this mail is in the list, or -1 when it is not in what is loaded. */
  indexOf: (id: string) => number
  error: unknown
  retry: () => void
  busy: boolean
}

/** First and last index that the list shows. */
export type Range = { first: number; last: number }

const folderPage = (folder: string, filter: Filter | undefined, offset: number) =>
  queryOptions({
    queryKey: messageKeys.page(folder, filter, offset),
    queryFn: (): Promise<Page> =>
      answer(
        api.GET('/api/folders/{id}/messages', {
          params: { path: { id: folder }, query: { offset, limit: pageSize, filter } },
        }),
      ),
  })

/** The pages of a folder that the range touches, and the first one, which knows the total. */
export function useFolderRows(folder: string, filter: Filter | undefined, range: Range): Rows {
  const from = Math.floor(range.first / pageSize)
  const to = Math.floor(range.last / pageSize)
  const offsets = new Set([0])
  for (let page = from; page <= to; page++) offsets.add(page * pageSize)
  const wanted = [...offsets]
  const pages = useQueries({ queries: wanted.map((offset) => folderPage(folder, filter, offset)) })
  const at = new Map(wanted.map((offset, i) => [offset, pages[i]?.data]))
  const total = pages[0]?.data?.total
  return {
    count: total,
    row: (index) => at.get(Math.floor(index / pageSize) * pageSize)?.messages[index % pageSize],
    indexOf: (id) => {
      for (const [offset, page] of at) {
        const i = page?.messages.findIndex((row) => row.id === id) ?? -1
        if (i >= 0) return offset + i
      }
      return -1
    },
    error: total === undefined ? pages[0]?.error : null,
    retry: () => void pages[0]?.refetch(),
    busy: pages.some((page) => page.isFetching),
  }
}

/** What a search finds, page after page. */
export function useSearchRows(
  q: string,
  mailbox: string | undefined,
  range: Range,
): Rows & { scope?: number } {
  const found = useInfiniteQuery({
    queryKey: messageKeys.search(q, mailbox),
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/api/search', { params: { query: { q, mailbox, offset: pageParam, limit: pageSize } } }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, all) => (last.messages.length === pageSize ? all.length * pageSize : undefined),
    enabled: q.trim() !== '',
    placeholderData: keepPreviousData,
  })
  const rows = found.data?.pages.flatMap((page) => page.messages) ?? []
  if (range.last >= rows.length - 10 && found.hasNextPage && !found.isFetching) void found.fetchNextPage()
  return {
    count: found.data ? rows.length + (found.hasNextPage ? 1 : 0) : undefined,
    row: (index) => rows[index],
    indexOf: (id) => rows.findIndex((row) => row.id === id),
    error: found.data ? null : found.error,
    retry: () => void found.refetch(),
    busy: found.isFetching,
    scope: found.data?.pages[0]?.scope.messages,
  }
}

/** One mail with all its parts. images: pictures from elsewhere may be loaded, this once. */
export const messageOptions = (id: string, images = false) =>
  queryOptions({
    queryKey: messageKeys.shown(id, images) as QueryKey,
    queryFn: () =>
      answer(
        api.GET('/api/messages/{id}', { params: { path: { id }, query: images ? { images: true } : {} } }),
      ),
  })

export const useMessage = (id: string, images: boolean) => useQuery(messageOptions(id, images))

/** The mails that answer one another, oldest first. */
export const useThread = (id: string | undefined) =>
  useQuery({
    queryKey: messageKeys.thread(id ?? ''),
    queryFn: () => answer(api.GET('/api/threads/{id}', { params: { path: { id: id ?? '' } } })),
    enabled: id !== undefined,
  })
