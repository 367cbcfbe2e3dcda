import { i18n } from '@lingui/core'
import { beforeAll, expect, test } from 'vitest'
import { inWords } from '../../src/features/connect/HealthBar'
import { countdown, lasting } from '../../src/features/connect/states'

beforeAll(() => {
  i18n.load('en', {})
  i18n.activate('en')
})

const minute = 60_000

test.each([
  [299_961, '5:00'],
  [4 * minute + 59_000, '4:59'],
  [900, '0:01'],
  [-5000, '0:00'],
])('%d ms are counted down as %s', (left, text) => {
  expect(countdown(1000 + left, 1000)).toBe(text)
})

test.each([
  [10, '1 second'],
  [35_000, '35 seconds'],
  [5 * minute, '5 minutes'],
  [120 * minute, '2 hours'],
  [72 * 60 * minute, '3 days'],
])('%d ms last %s', (ms, text) => {
  expect(lasting(ms)).toBe(text)
})

test('the bar says in words what it shows, the longest first', () => {
  const at = (state: 'connected' | 'offline', from: number, to: number) => ({ state, from, to })
  const words = inWords({
    segments: [
      at('offline', 0, minute),
      at('connected', minute, 200 * minute),
      at('offline', 200 * minute, 204 * minute),
    ],
  })
  expect(words).toBe('Connected 3 hours, Their side away 5 minutes')
})
