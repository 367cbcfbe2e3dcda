// The change stream: one EventSource, open while somebody is signed in. A change marks what it names
// as stale and the queries on screen ask again; nothing else writes from here.
import { hashKey, type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { staleKeys } from './changes'
import type { Change } from './types'

/** Changes come in bursts, in a first sync many a second: what they name is asked for once per beat. */
const beat = 250
const longestPause = 30_000

/** Follows the stream until the returned function is called. reachable hears of every turn. */
export function followChanges(queries: QueryClient, reachable: (yes: boolean) => void): () => void {
  let source: EventSource | undefined
  let last = ''
  let pause = 1000
  let again: ReturnType<typeof setTimeout> | undefined
  let flush: ReturnType<typeof setTimeout> | undefined
  const stale = new Map<string, QueryKey>()

  const mark = (keys: QueryKey[]) => {
    for (const key of keys) stale.set(hashKey(key), key)
    flush ??= setTimeout(() => {
      flush = undefined
      const now = [...stale.values()]
      stale.clear()
      for (const queryKey of now) void queries.invalidateQueries({ queryKey })
    }, beat)
  }
  const everything = () => mark([[]])

  const open = () => {
    source = new EventSource(last ? `/api/events?after=${last}` : '/api/events')
    source.onmessage = (e: MessageEvent<string>) => {
      last = e.lastEventId
      mark(staleKeys(JSON.parse(e.data) as Change))
    }
    source.addEventListener('hello', (e: MessageEvent<string>) => {
      last = e.lastEventId
      pause = 1000
      reachable(true)
    })
    source.addEventListener('reset', (e: MessageEvent<string>) => {
      last = e.lastEventId
      everything()
    })
    source.onerror = () => {
      reachable(false)
      // The browser tries again by itself with Last-Event-ID, unless the answer was an error.
      if (source?.readyState !== EventSource.CLOSED) return
      again = setTimeout(open, pause)
      pause = Math.min(pause * 2, longestPause)
    }
  }

  const online = () => {
    clearTimeout(again)
    source?.close()
    open()
  }
  open()
  addEventListener('online', online)
  return () => {
    removeEventListener('online', online)
    clearTimeout(again)
    clearTimeout(flush)
    source?.close()
  }
}

/** Follows the stream while mounted. False once the server has not been heard of for some seconds. */
export function useChanges(): boolean {
  const queries = useQueryClient()
  const [connected, setConnected] = useState(true)
  useEffect(() => {
    const patience = 4000
    let lost: ReturnType<typeof setTimeout> | undefined
    const stop = followChanges(queries, (yes) => {
      if (yes) {
        clearTimeout(lost)
        lost = undefined
        setConnected((was) => {
          if (!was) void queries.invalidateQueries()
          return true
        })
      } else lost ??= setTimeout(() => setConnected(false), patience)
    })
    const offline = () => setConnected(false)
    addEventListener('offline', offline)
    return () => {
      stop()
      clearTimeout(lost)
      removeEventListener('offline', offline)
    }
  }, [queries])
  return connected
}
