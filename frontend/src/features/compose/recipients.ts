// Recipients as people type and paste them: "Ada Lovelace <ada@contoso.example>; bob@…".
import type { Address } from '../../api/types'

/** Splits at commas, semicolons and line ends, but not inside "quotes" or <brackets>. */
export function splitRecipients(text: string): string[] {
  const out: string[] = []
  let part = ''
  let quoted = false
  let bracket = false
  for (const letter of text) {
    if (letter === '"') quoted = !quoted
    else if (letter === '<') bracket = true
    else if (letter === '>') bracket = false
    const end = letter === '\n' || letter === '\r' || letter === ';' || letter === ','
    if (end && (letter === '\n' || !(quoted || bracket))) {
      out.push(part)
      part = ''
      quoted = false
      bracket = false
    } else part += letter
  }
  out.push(part)
  return out.map((one) => one.trim()).filter(Boolean)
}

const addressPattern = /^[^\s@<>(),;:"[\]\\]{1,64}@(?:[^\s@<>(),;:"[\]\\.]+\.)+[^\s@<>(),;:"[\]\\.]{2,}$/

/** The address in what was typed; undefined when there is none that could be right. */
export function parseAddress(text: string): Address | undefined {
  const bracketed = /^(.*)<([^<>]*)>$/.exec(text.trim())
  const addr = (bracketed?.[2] ?? text).trim()
  if (addr.length > 254 || !addressPattern.test(addr)) return undefined
  const name = (bracketed?.[1] ?? '')
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim()
  return name ? { name, addr } : { addr }
}

/** One chip: a name in quotes where it would otherwise fall apart. */
export function chip({ name, addr }: Address): string {
  const said = name?.trim().replaceAll('"', '')
  if (!said) return addr
  return /[,;<>@]/.test(said) ? `"${said}" <${addr}>` : `${said} <${addr}>`
}

/** Chips without repetition of an address. */
export function unique(chips: string[]): string[] {
  const seen = new Set<string>()
  return chips.filter((text) => {
    const key = (parseAddress(text)?.addr ?? text).toLowerCase()
    return !seen.has(key) && seen.add(key)
  })
}

export const addresses = (chips: string[]): Address[] =>
  chips.map(parseAddress).filter((address) => address !== undefined)

export const wrong = (chips: string[]) => chips.filter((text) => !parseAddress(text))
