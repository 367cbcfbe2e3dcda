import { type QueryClient, type QueryKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { answer, api } from './client'
import { messageKeys, pageSize } from './messages'
import { type Loaded, patchPage, removeRows } from './rows'
import type { Message, Page, Row } from './types'

export type ActKind = 'read' | 'unread' | 'star' | 'unstar' | 'archive' | 'trash' | 'junk' | 'move' | 'delete'

export type Act = { kind: ActKind; rows: Row[]; folder?: string }

const flags: Partial<Record<ActKind, Partial<Row>>> = {
  read: { seen: true },
  unread: { seen: false },
  star: { flagged: true },
  unstar: { flagged: false },
}

/** Whether the act takes mail out of the folder it is in. */
export const leaves = (kind: ActKind) => !(kind in flags)

type Rows = { messages: Row[] }

function patchEverywhere(queries: QueryClient, ids: ReadonlySet<string>, change: Partial<Row>) {
  const page = <P extends Rows>(old: P | undefined) => old && patchPage(old, ids, change)
  queries.setQueriesData<Page>({ queryKey: messageKeys.lists }, page)
  queries.setQueriesData<Rows>({ queryKey: messageKeys.threads }, page)
  queries.setQueriesData<{ pages: Rows[] }>(
    { queryKey: messageKeys.searches },
    (old) => old && { ...old, pages: old.pages.map((p) => patchPage(p, ids, change)) },
  )
  for (const id of ids) {
    queries.setQueriesData<Message>({ queryKey: messageKeys.one(id) }, (old) => old && { ...old, ...change })
  }
}

function removeFromLists(queries: QueryClient, ids: ReadonlySet<string>) {
  const lists = new Map<string, { prefix: QueryKey; pages: Loaded[] }>()
  for (const [key, page] of queries.getQueriesData<Page>({ queryKey: messageKeys.lists })) {
    if (!page) continue
    const prefix = key.slice(0, -1)
    const list = lists.get(prefix.join('\n')) ?? { prefix, pages: [] }
    list.pages.push({ offset: key.at(-1) as number, page })
    lists.set(prefix.join('\n'), list)
  }
  for (const { prefix, pages } of lists.values()) {
    for (const { offset, page } of removeRows(pages, ids, pageSize)) {
      queries.setQueryData([...prefix, offset], page)
    }
  }
}

/** Does something to mails: shown at once, told to the server, and taken back when it refuses. */
export function useAct() {
  const queries = useQueryClient()
  const { mutateAsync } = useMutation({
    mutationFn: ({ kind, rows, folder }: Act) =>
      answer(api.POST('/api/messages/act', { body: { kind, folder, ids: rows.map((row) => row.id) } })),
    onMutate: ({ kind, rows }) => {
      const ids = new Set(rows.map((row) => row.id))
      const change = flags[kind]
      if (change) patchEverywhere(queries, ids, change)
      else removeFromLists(queries, ids)
    },
    onError: () => queries.invalidateQueries({ queryKey: messageKeys.all }),
  })
  return useCallback((act: Act) => mutateAsync(act), [mutateAsync])
}

/** Acts that the mail server refused, and that were undone here. */
export const useFailedActions = () =>
  useQuery({ queryKey: messageKeys.failed, queryFn: () => answer(api.GET('/api/actions/failed')) })

export function useDismissFailed() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE('/api/actions/failed/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: messageKeys.failed }),
  })
}
