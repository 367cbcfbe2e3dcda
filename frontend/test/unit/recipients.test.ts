import { expect, test } from 'vitest'
import {
  addresses,
  chip,
  parseAddress,
  splitRecipients,
  unique,
  wrong,
} from '../../src/features/compose/recipients'

test('a pasted list falls apart at commas, semicolons and lines, not inside quotes', () => {
  const pasted =
    '"Lovelace, Ada" <ada@contoso.example>, bob@x.example; Grace <grace@y.example>\ncarl@z.example\r\n'
  expect(splitRecipients(pasted)).toEqual([
    '"Lovelace, Ada" <ada@contoso.example>',
    'bob@x.example',
    'Grace <grace@y.example>',
    'carl@z.example',
  ])
})

test('an open quote ends with its line', () => {
  expect(splitRecipients('"Ada <ada@x.example>\nbob@x.example')).toEqual([
    '"Ada <ada@x.example>',
    'bob@x.example',
  ])
})

test.each([
  ['ada@contoso.example', { addr: 'ada@contoso.example' }],
  [' Ada Lovelace <ada@contoso.example> ', { name: 'Ada Lovelace', addr: 'ada@contoso.example' }],
  ['"Lovelace, Ada" <ada@contoso.example>', { name: 'Lovelace, Ada', addr: 'ada@contoso.example' }],
  ['jürgen@müller.example', { addr: 'jürgen@müller.example' }],
  ["o'neil+lists@sub.contoso.example", { addr: "o'neil+lists@sub.contoso.example" }],
])('%s is an address', (text, address) => {
  expect(parseAddress(text)).toEqual(address)
})

test.each([
  '',
  'ada',
  'ada@',
  '@contoso.example',
  'ada@contoso',
  'a b@x.example',
  'ada@x..example',
  'Ada <ada>',
  'a@b@c.example',
])('"%s" is none', (text) => {
  expect(parseAddress(text)).toBeUndefined()
  expect(wrong([text])).toEqual([text])
})

test('a chip can be read again', () => {
  const people = [
    { addr: 'ada@x.example' },
    { name: 'Ada L', addr: 'ada@x.example' },
    { name: 'L, Ada', addr: 'ada@x.example' },
  ]
  for (const one of people) expect(parseAddress(chip(one))).toEqual(one)
  expect(splitRecipients(people.map(chip).join(','))).toHaveLength(3)
})

test('the same address stays once, whatever its name and case', () => {
  expect(unique(['Ada <ada@x.example>', 'ADA@x.example', 'bob', 'bob'])).toEqual([
    'Ada <ada@x.example>',
    'bob',
  ])
})

test('what is no address is not sent', () => {
  expect(addresses(['ada@x.example', 'nobody'])).toEqual([{ addr: 'ada@x.example' }])
})

test('a pathological text is dealt with at once', () => {
  const start = performance.now()
  for (const text of [
    '<'.repeat(100_000),
    `${'a.'.repeat(50_000)}@`,
    `a@${'b.'.repeat(50_000)}`,
    '"'.repeat(100_001),
  ]) {
    parseAddress(text)
    splitRecipients(text)
  }
  expect(performance.now() - start).toBeLessThan(1000)
})
