// Who an answer goes to and what it is called.
import type { Address, Message } from '../../api/types'

type Envelope = Pick<Message, 'from' | 'replyTo' | 'to' | 'cc'>

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
const has = (list: string[], addr: string) => list.some((one) => same(one, addr))

function distinct(list: Address[], but: string[] = []): Address[] {
  const seen = [...but]
  return list.filter(({ addr }) => {
    if (!addr || has(seen, addr)) return false
    seen.push(addr)
    return true
  })
}

const isMine = (mail: Envelope, mine: string[]) => mail.from.some(({ addr }) => has(mine, addr))

/** Whom Reply answers: the sender, or, for our own mail, those whom it went to. */
export function replyTo(mail: Envelope, mine: string[]): Address[] {
  if (isMine(mail, mine)) {
    const to = distinct(mail.to, mine)
    return to.length ? to : distinct(mail.to)
  }
  return distinct(mail.replyTo.length ? mail.replyTo : mail.from)
}

/** Whom Reply to all answers: To and Cc, with our own addresses left out. */
export function replyToAll(mail: Envelope, mine: string[]): { to: Address[]; cc: Address[] } {
  const to = replyTo(mail, mine)
  const there = [...mine, ...to.map(({ addr }) => addr)]
  return { to, cc: distinct(isMine(mail, mine) ? mail.cc : [...mail.to, ...mail.cc], there) }
}

/** Everybody whom Reply to all would reach. */
export function others(mail: Envelope, mine: string[]): Address[] {
  const { to, cc } = replyToAll(mail, mine)
  return [...to, ...cc]
}

const answered = /^\s*((re|aw|antw|sv|vs|r)(\[\d+\])?\s*:\s*)+/i
const passedOn = /^\s*((fwd?|wg|tr|vb)(\[\d+\])?\s*:\s*)+/i

export const replySubject = (subject: string) => `Re: ${subject.replace(answered, '')}`.trim()
export const forwardSubject = (subject: string) => `Fwd: ${subject.replace(passedOn, '')}`.trim()
