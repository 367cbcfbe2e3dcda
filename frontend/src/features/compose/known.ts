import type { QueryClient } from '@tanstack/react-query'
import { messageKeys } from '../../api/messages'
import type { Address, Row } from '../../api/types'

type Held = { messages?: Row[]; pages?: { messages: Row[] }[] } | undefined

/** Everybody in the mail that this page has loaded, those one meets most often first. */
export function knownPeople(queries: QueryClient): Address[] {
  const met = new Map<string, { address: Address; times: number }>()
  for (const [, held] of queries.getQueriesData<Held>({ queryKey: messageKeys.all })) {
    const rows = held?.messages ?? held?.pages?.flatMap((page) => page.messages) ?? []
    for (const address of rows.flatMap((row) => [...row.from, ...row.to])) {
      const key = address.addr.toLowerCase()
      const known = met.get(key)
      if (known) {
        known.times++
        if (!known.address.name) known.address = address
      } else if (address.addr.includes('@')) met.set(key, { address, times: 1 })
    }
  }
  return [...met.values()].sort((a, b) => b.times - a.times).map(({ address }) => address)
}
