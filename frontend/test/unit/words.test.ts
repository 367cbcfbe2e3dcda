import { i18n } from '@lingui/core'
import { beforeAll, expect, test } from 'vitest'
import { nameOf, names } from '../../src/features/mail/addresses'
import { choose } from '../../src/i18n/locale'
import { asFilter, placePath } from '../../src/paths'
import { hue, initials } from '../../src/ui/Avatar'
import { caps, matches } from '../../src/ui/keys'
import { fileSize } from '../../src/ui/size'
import { leftInWords, regional, shortTime, timeLeft } from '../../src/ui/time'
import { rangeAt } from '../../src/ui/VirtualList'

beforeAll(() => {
  i18n.load('en', {})
  i18n.activate('en')
})

const noon = new Date(2026, 10, 22, 12).getTime()
const hour = 3_600_000

test.each([
  [noon - hour, /11:00/],
  [noon - 30 * hour, /Sat/],
  [noon - 40 * 24 * hour, /Oct/],
  [noon - 400 * 24 * hour, /2025/],
  [noon + 30 * hour, /Nov/],
])('a list says when, as short as it can', (at, text) => {
  expect(shortTime(at, noon, 'en')).toMatch(text)
})

test('time left is told only when it is no guess', () => {
  expect(timeLeft(100, 200, 1000, 61_000)).toBe(60_000)
  expect(timeLeft(0, 200, 1000, 61_000)).toBeUndefined()
  expect(timeLeft(5, 200, 1000, 2000)).toBeUndefined()
  expect(timeLeft(200, 200, 1000, 61_000)).toBeUndefined()
  expect(timeLeft(5, 200, 0, 61_000)).toBeUndefined()
  expect(leftInWords(20_000)).toBe('less than a minute left')
})

test('dates follow the browser’s region where it speaks the page’s language', () => {
  expect(regional('en', ['de-DE', 'en-GB', 'en-US'])).toBe('en-GB')
  expect(regional('de', ['fr-FR'])).toBe('de')
  expect(choose(['fr-FR', 'de-AT'])).toBe('de')
  expect(choose(['ja'])).toBe('en')
})

test('people have letters and a colour of their own', () => {
  expect(initials('Ada Lovelace')).toBe('AL')
  expect(initials('ken.mueller@contoso.example')).toBe('KM')
  expect(initials('"李 小龍"')).toBe('李小')
  expect(initials('')).toBe('?')
  expect(hue('ada@x.example')).toBe(hue('ADA@x.example'))
  expect(nameOf({ name: ' ', addr: 'a@x.example' })).toBe('a@x.example')
  expect(names([{ name: 'Ada Lovelace', addr: 'a@x' }, { addr: 'bob@y' }])).toBe('Ada, bob')
})

test('files have a size that people can read', () => {
  expect(fileSize(512, 'en')).toBe('512 bytes')
  expect(fileSize(48_211, 'en')).toBe('48 kB')
  expect(fileSize(2_411_000, 'en')).toBe('2.4 MB')
})

test('keys are matched as they are written', () => {
  const press = (init: KeyboardEventInit) => new KeyboardEvent('keydown', init)
  expect(matches('j ArrowDown', press({ key: 'ArrowDown' }))).toBe(true)
  expect(matches('u', press({ key: 'U', shiftKey: true }))).toBe(false)
  expect(matches('Shift+U', press({ key: 'U', shiftKey: true }))).toBe(true)
  expect(matches('#', press({ key: '#', shiftKey: true }))).toBe(true)
  expect(matches('mod+K', press({ key: 'k', ctrlKey: true }))).toBe(true)
  expect(matches('e', press({ key: 'e', ctrlKey: true }))).toBe(false)
  expect(caps('Shift+U')).toEqual(['Shift', 'U'])
  expect(caps('u Escape')).toEqual(['u'])
})

test('addresses of the app are made and read in one way', () => {
  expect(placePath({ folder: '7', show: 'unread' }, '42')).toBe('/mail/7/42?show=unread')
  expect(placePath({ q: 'from:ada x&y' })).toBe('/search?q=from%3Aada+x%26y')
  expect(asFilter('flagged')).toBe('flagged')
  expect(asFilter('<script>')).toBeUndefined()
})

test('only the rows in view are drawn', () => {
  expect(rangeAt(0, 760, 76, 100_000)).toEqual({ first: 0, last: 9 })
  expect(rangeAt(7_599_240, 760, 76, 100_000)).toEqual({ first: 99_990, last: 99_999 })
  expect(rangeAt(0, 760, 76, 0)).toEqual({ first: 0, last: 0 })
})
