// A mail while it is written. It lives in its compose window and, so that no reload or crash loses
// it, in this browser's storage until it is sent.
import type { Address, Message, Upload, Draft as Wire } from '../../api/types'
import { newId } from '../../ui/id'
import { forwardHtml, paragraphs, replyHtml } from './quote'
import { addresses, chip } from './recipients'
import { forwardSubject, replySubject, replyTo, replyToAll } from './reply'

export type Draft = {
  /** Of the window; also the Idempotency-Key, so that one window sends at most one mail. */
  id: string
  mailbox: string
  to: string[]
  cc: string[]
  bcc: string[]
  subject: string
  html: string
  uploads: Upload[]
  inReplyTo?: string
  forwardOf?: string
  /** Names of the files that go along with a forwarded mail. */
  forwarded: string[]
}

export type Start =
  | { kind: 'reply' | 'replyAll' | 'forward'; message: Message }
  | { kind: 'new'; to?: string[]; cc?: string[]; subject?: string; text?: string }

type Mine = { mailbox: string; addresses: string[]; locale: string }

const chips = (list: Address[]) => list.map(chip)

/** The draft that a compose window starts with. */
export function begin(start: Start, mine: Mine): Draft {
  const empty: Draft = {
    id: newId(),
    mailbox: mine.mailbox,
    to: [],
    cc: [],
    bcc: [],
    subject: '',
    html: '',
    uploads: [],
    forwarded: [],
  }
  if (start.kind === 'new') {
    const { to = [], cc = [], subject = '', text = '' } = start
    return { ...empty, to, cc, subject, html: text ? paragraphs(text) : '' }
  }
  const { message } = start
  if (start.kind === 'forward') {
    return {
      ...empty,
      subject: forwardSubject(message.subject),
      html: forwardHtml(message, mine.locale),
      forwardOf: message.id,
      forwarded: message.attachmentsList.filter((file) => !file.inline).map((file) => file.name),
    }
  }
  const all = replyToAll(message, mine.addresses)
  return {
    ...empty,
    to: chips(start.kind === 'reply' ? replyTo(message, mine.addresses) : all.to),
    cc: start.kind === 'reply' ? [] : chips(all.cc),
    subject: replySubject(message.subject),
    html: replyHtml(message, mine.locale),
    inReplyTo: message.id,
  }
}

/** What "mailto:ada@contoso.example?subject=…" asks for. */
export function fromMailto(href: string): Start {
  const url = new URL(href)
  const list = (text: string | null) =>
    (text ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean)
  return {
    kind: 'new',
    to: [...list(decodeURIComponent(url.pathname)), ...list(url.searchParams.get('to'))],
    cc: list(url.searchParams.get('cc')),
    subject: url.searchParams.get('subject') ?? '',
    text: url.searchParams.get('body') ?? '',
  }
}

/** The draft as the server takes it. Its plain text is made there from the HTML. */
export const toWire = (draft: Draft): Wire => ({
  mailbox: draft.mailbox,
  to: addresses(draft.to),
  cc: addresses(draft.cc),
  bcc: addresses(draft.bcc),
  subject: draft.subject,
  html: draft.html || '<p></p>',
  uploads: draft.uploads.map((file) => file.id),
  inReplyTo: draft.inReplyTo,
  forwardOf: draft.forwardOf,
})

/** Whether closing the window would lose something that a person has done. */
export function changed(draft: Draft, from: Draft): boolean {
  const told = ({ to, cc, bcc, subject, html, uploads }: Draft) =>
    JSON.stringify([to, cc, bcc, subject, html.replace(/<p><\/p>/g, ''), uploads.map((file) => file.id)])
  return told(draft) !== told(from)
}

const attached = /\b(attach(ed|ment|ments|ing)?|enclosed|anbei|angehängt|anhang|beigefügt)\b/i

/** Whether the text speaks of a file and none goes along. What is quoted does not count. */
export function forgotFile(draft: Draft): boolean {
  if (draft.uploads.length > 0 || draft.forwarded.length > 0) return false
  const own = draft.html.split(/<blockquote>|---------- /)[0] ?? ''
  return attached.test(own.replace(/<[^>]*>/g, ' ')) || attached.test(draft.inReplyTo ? '' : draft.subject)
}
