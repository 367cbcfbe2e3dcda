import { expect, test } from 'vitest'
import { forwardSubject, others, replySubject, replyTo, replyToAll } from '../../src/features/compose/reply'

const ada = { name: 'Ada', addr: 'ada@contoso.example' }
const bob = { name: 'Bob', addr: 'bob@x.example' }
const carl = { addr: 'carl@y.example' }
const list = { addr: 'list@y.example' }
const mine = ['ADA@contoso.example', 'ops@contoso.example']
const mail = (part: object) => ({ from: [bob], replyTo: [], to: [ada], cc: [], ...part })

test('a reply goes to the sender', () => {
  expect(replyTo(mail({}), mine)).toEqual([bob])
})

test('a reply goes to Reply-To where there is one', () => {
  expect(replyTo(mail({ replyTo: [list] }), mine)).toEqual([list])
})

test('a reply to my own mail goes to those whom it went to', () => {
  expect(replyTo(mail({ from: [ada], to: [bob, ada] }), mine)).toEqual([bob])
  expect(replyToAll(mail({ from: [ada], to: [bob], cc: [carl] }), mine)).toEqual({ to: [bob], cc: [carl] })
})

test('a mail to myself can be answered', () => {
  expect(replyTo(mail({ from: [ada], to: [ada] }), mine)).toEqual([ada])
})

test('reply to all leaves my own addresses out and names nobody twice', () => {
  const all = replyToAll(
    mail({ to: [ada, carl, bob], cc: [{ addr: 'Carl@Y.example' }, { addr: 'ops@contoso.example' }, list] }),
    mine,
  )
  expect(all).toEqual({ to: [bob], cc: [carl, list] })
  expect(others(mail({ to: [ada] }), mine)).toEqual([bob])
})

test.each([
  ['Lunch?', 'Re: Lunch?'],
  ['Re: Lunch?', 'Re: Lunch?'],
  ['AW: Re: Lunch?', 'Re: Lunch?'],
  ['re[2]: Lunch?', 'Re: Lunch?'],
  ['Report: figures', 'Re: Report: figures'],
  ['', 'Re:'],
])('the answer to "%s" is called "%s"', (subject, answer) => {
  expect(replySubject(subject)).toBe(answer)
})

test.each([
  ['Lunch?', 'Fwd: Lunch?'],
  ['FW: WG: Lunch?', 'Fwd: Lunch?'],
  ['Re: Lunch?', 'Fwd: Re: Lunch?'],
])('"%s" is passed on as "%s"', (subject, passed) => {
  expect(forwardSubject(subject)).toBe(passed)
})
