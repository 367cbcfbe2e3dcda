import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { followChanges } from '../../src/api/events'
import { outgoingKeys } from '../../src/api/outgoing'

/** A stream that the test speaks into. */
class Stream extends EventTarget {
  static CLOSED = 2
  static opened: Stream[] = []
  readyState = 1
  onmessage: ((e: MessageEvent) => void) | null = null
  onerror: (() => void) | null = null
  constructor(readonly url: string) {
    super()
    Stream.opened.push(this)
  }
  close() {
    this.readyState = 2
  }
  say(type: string, id: string, data: unknown) {
    const event = new MessageEvent(type, { data: JSON.stringify(data), lastEventId: id })
    if (type === 'message') this.onmessage?.(event)
    else this.dispatchEvent(event)
  }
  refuse() {
    this.readyState = 2
    this.onerror?.()
  }
}

let queries: QueryClient
let stop: () => void
let reachable: boolean[]

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', Stream)
  Stream.opened = []
  reachable = []
  queries = new QueryClient()
  vi.spyOn(queries, 'invalidateQueries')
  stop = followChanges(queries, (yes) => reachable.push(yes))
})
afterEach(() => {
  stop()
  vi.useRealTimers()
})

const last = () => Stream.opened.at(-1) as Stream

test('a burst of changes asks for each thing once', () => {
  for (let seq = 6; seq < 30; seq++) last().say('message', String(seq), { seq, kind: 'outgoing', ref: 'x' })
  expect(queries.invalidateQueries).not.toHaveBeenCalled()
  vi.advanceTimersByTime(300)
  expect(queries.invalidateQueries).toHaveBeenCalledTimes(1)
  expect(queries.invalidateQueries).toHaveBeenCalledWith({ queryKey: outgoingKeys.all })
})

test('a stream that was refused is opened again after what was heard last, later and later', () => {
  last().say('hello', '5', { seq: 5 })
  last().say('message', '9', { seq: 9, kind: 'mailbox' })
  last().refuse()
  expect(reachable).toEqual([true, false])
  vi.advanceTimersByTime(1000)
  expect(last().url).toBe('/api/events?after=9')
  last().refuse()
  vi.advanceTimersByTime(1000)
  expect(Stream.opened).toHaveLength(2)
  vi.advanceTimersByTime(1000)
  expect(Stream.opened).toHaveLength(3)
})

test('after a reset everything is asked for anew', () => {
  last().say('reset', '40', { seq: 40 })
  vi.advanceTimersByTime(300)
  expect(queries.invalidateQueries).toHaveBeenCalledWith({ queryKey: [] })
})

test('once stopped, nothing is opened any more', () => {
  last().refuse()
  stop()
  vi.advanceTimersByTime(120_000)
  expect(Stream.opened).toHaveLength(1)
})
