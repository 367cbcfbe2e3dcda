// A text without a translation falls back to English; a built page without a catalog shows keys.
import { expect, test } from 'vitest'
import { messages as german } from '../../src/i18n/de.po'
import { messages as english } from '../../src/i18n/en.po'

const catalogs = import.meta.glob<string>('/src/i18n/*.po', { query: '?raw', import: 'default', eager: true })

test('every text is there in every language', () => {
  expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort())
  const untranslated = (catalogs['/src/i18n/de.po'] as string).match(/^msgid "(?!"\n).+\nmsgstr ""\n(?!")/gm)
  expect(untranslated).toBeNull()
})

test('a translation has the same places as its source', () => {
  for (const [id, message] of Object.entries(english))
    expect([id, places(german[id])]).toEqual([id, places(message)])
})

/** Names of values and numbers of tags in a compiled message. */
function places(message: unknown): string[] {
  const parts = Array.isArray(message) ? message : [message]
  const found = parts.flatMap((part) => {
    if (Array.isArray(part)) return [String(part[0])]
    return typeof part === 'string' ? (part.match(/<\/?\d+>/g) ?? []) : []
  })
  return [...new Set(found)].sort()
}
