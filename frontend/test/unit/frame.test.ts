import { expect, test } from 'vitest'
import { frameNews } from '../../src/ui/frameNews'

test('a height is clamped', () => {
  expect(frameNews({ postroom: 'height', height: 1e9 })).toEqual({ kind: 'height', height: 20_000 })
  expect(frameNews({ postroom: 'height', height: -4 })).toEqual({ kind: 'height', height: 24 })
  expect(frameNews({ postroom: 'height', height: Number.NaN })).toBeUndefined()
  expect(frameNews({ postroom: 'height', height: '100' })).toBeUndefined()
})

test('only allowed keys come through', () => {
  expect(frameNews({ postroom: 'key', key: 'j' })).toMatchObject({ kind: 'key' })
  for (const key of ['Enter', 'Delete', 'Tab', 'q', 'jj', 5, undefined])
    expect(frameNews({ postroom: 'key', key })).toBeUndefined()
  const palette = frameNews({ postroom: 'key', key: 'k', mod: true })
  expect(palette?.kind === 'key' && palette.event.ctrlKey).toBe(true)
  expect(frameNews({ postroom: 'key', key: 'e', mod: true })).toMatchObject({
    kind: 'key',
    event: { ctrlKey: false },
  })
})

test('only links that a mail may have come through', () => {
  expect(frameNews({ postroom: 'link', href: 'https://x.example/' })).toMatchObject({ kind: 'link' })
  expect(frameNews({ postroom: 'link', href: 'javascript:alert(1)' })).toBeUndefined()
  expect(frameNews({ postroom: 'hover', href: 'javascript:alert(1)' })).toEqual({ kind: 'hover', href: '' })
})

test('anything else is passed over', () => {
  for (const data of [null, 'height', 7, {}, { postroom: 'eval', code: 'x' }])
    expect(frameNews(data)).toBeUndefined()
})
