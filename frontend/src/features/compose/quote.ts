// The mail that is answered, as text inside the answer.
import { t } from '@lingui/core/macro'
import type { Message } from '../../api/types'
import { longTime } from '../../ui/time'
import { full, nameOf } from '../mail/addresses'

/** Characters of a quoted mail that are taken along; an editor with more than this is slow. */
const most = 60_000

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
export const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (letter) => entities[letter] as string)

/** Plain text as paragraphs, with line breaks kept. */
export function paragraphs(text: string): string {
  return text
    .slice(0, most)
    .replace(/\r\n?/g, '\n')
    .trim()
    .split(/\n{2,}/)
    .map((part) => `<p>${escapeHtml(part).replaceAll('\n', '<br>')}</p>`)
    .join('')
}

type Quoted = Pick<Message, 'from' | 'to' | 'cc' | 'date' | 'subject' | 'text'>

/** "On …, Ada wrote:" and the mail, below room for the answer. */
export function replyHtml(mail: Quoted, locale: string): string {
  const who = mail.from[0] ? nameOf(mail.from[0]) : t`somebody`
  const when = longTime(mail.date, locale)
  return `<p></p><p>${escapeHtml(t`On ${when}, ${who} wrote:`)}</p><blockquote>${paragraphs(mail.text) || '<p></p>'}</blockquote>`
}

/** The mail with its head, below room for a word of one's own. */
export function forwardHtml(mail: Quoted, locale: string): string {
  const lines = [
    [t`From`, mail.from.map(full).join(', ')],
    [t`Date`, longTime(mail.date, locale)],
    [t`Subject`, mail.subject],
    [t`To`, mail.to.map(full).join(', ')],
    [t`Cc`, mail.cc.map(full).join(', ')],
  ]
  const head = lines
    .filter(([, value]) => value)
    .map(([label, value]) => `<strong>${escapeHtml(label ?? '')}:</strong> ${escapeHtml(value ?? '')}`)
    .join('<br>')
  return `<p></p><p>${escapeHtml(t`---------- Forwarded mail ----------`)}<br>${head}</p>${paragraphs(mail.text)}`
}
