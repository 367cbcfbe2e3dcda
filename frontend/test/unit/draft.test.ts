import { i18n } from '@lingui/core'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Message } from '../../src/api/types'
import { begin, changed, forgotFile, fromMailto, toWire } from '../../src/features/compose/draft'
import { forget, keep, kept } from '../../src/features/compose/keep'

const mine = { mailbox: 'box', addresses: ['ada@contoso.example'], locale: 'en-GB' }
const message = {
  id: '42',
  subject: 'Figures <for> review',
  from: [{ name: 'Bob <b>', addr: 'bob@x.example' }],
  to: [{ addr: 'ada@contoso.example' }],
  cc: [],
  replyTo: [],
  date: Date.UTC(2026, 10, 22, 12),
  text: 'First\nline\n\n<script>alert(1)</script>',
  attachmentsList: [
    { index: 1, name: 'a.pdf', inline: false },
    { index: 2, name: 'logo.png', inline: true },
  ],
} as unknown as Message

beforeAll(() => {
  i18n.load('en', {})
  i18n.activate('en')
})
beforeEach(() => localStorage.clear())

test('an answer quotes the mail as text and nothing of it as markup', () => {
  const draft = begin({ kind: 'reply', message }, mine)
  expect(draft).toMatchObject({ mailbox: 'box', inReplyTo: '42', subject: 'Re: Figures <for> review' })
  expect(draft.to).toEqual(['"Bob <b>" <bob@x.example>'])
  expect(draft.html).toContain(
    '<blockquote><p>First<br>line</p><p>&lt;script&gt;alert(1)&lt;/script&gt;</p></blockquote>',
  )
  expect(draft.html).not.toContain('<script')
  expect(draft.html).not.toContain('<b>')
})

test('a forwarded mail takes its files along, but not its inline pictures', () => {
  const draft = begin({ kind: 'forward', message }, mine)
  expect(draft).toMatchObject({ forwardOf: '42', forwarded: ['a.pdf'], to: [] })
  expect(draft.html).toContain('Figures &lt;for&gt; review')
})

test('a window that was only opened may be closed; one that was written in may not', () => {
  const draft = begin({ kind: 'reply', message }, mine)
  expect(changed(draft, draft)).toBe(false)
  expect(changed({ ...draft, html: `<p></p>${draft.html}` }, draft)).toBe(false)
  expect(changed({ ...draft, html: `<p>Hello</p>${draft.html}` }, draft)).toBe(true)
  expect(changed({ ...draft, cc: ['x@y.example'] }, draft)).toBe(true)
})

test('mailto links fill the window', () => {
  const start = fromMailto(
    'mailto:ada%40x.example,bob@y.example?subject=Hi%20there&cc=c@z.example&body=One%0ATwo',
  )
  expect(begin(start, mine)).toMatchObject({
    to: ['ada@x.example', 'bob@y.example'],
    cc: ['c@z.example'],
    subject: 'Hi there',
    html: '<p>One<br>Two</p>',
  })
})

test('every window has an id of its own, which stays', () => {
  const [a, b] = [begin({ kind: 'new' }, mine), begin({ kind: 'new' }, mine)]
  expect(a.id).not.toBe(b.id)
  keep('ada', { ...a, subject: 'Later' }, a)
  expect(kept('ada')[0]?.draft.id).toBe(a.id)
})

test('what was written comes back after a crash, to the same person only', () => {
  const draft = begin({ kind: 'new' }, mine)
  expect(keep('ada', { ...draft, subject: 'Later' }, draft)).toBe(true)
  localStorage.setItem('postroom.draft.ada.broken', '{')
  expect(kept('grace')).toEqual([])
  expect(kept('ada').map((one) => one.draft.subject)).toEqual(['Later'])
  forget('ada', draft.id)
  expect(kept('ada')).toEqual([])
})

test('a promised file that is missing is noticed, a quoted promise is not', () => {
  const draft = begin({ kind: 'new' }, mine)
  expect(forgotFile({ ...draft, html: '<p>Please find attached</p>' })).toBe(true)
  expect(forgotFile({ ...draft, html: '<p>Thanks</p><blockquote><p>attached</p></blockquote>' })).toBe(false)
  expect(forgotFile({ ...draft, html: '<p>anbei</p>', forwarded: ['a.pdf'] })).toBe(false)
})

test('only what is an address goes over the wire', () => {
  const draft = { ...begin({ kind: 'new' }, mine), to: ['Ada <ada@x.example>', 'nobody'] }
  expect(toWire(draft)).toMatchObject({
    to: [{ name: 'Ada', addr: 'ada@x.example' }],
    uploads: [],
    html: '<p></p>',
  })
})
