import classes from './Avatar.module.css'

/** The letters for a person: of the first and the last word of the name, or the first of the address. */
export function initials(name: string): string {
  const words = name
    .replace(/@.*$/, '')
    .split(/[\s._-]+/)
    .map((word) => word.replace(/[^\p{L}\p{N}]/gu, ''))
    .filter(Boolean)
  const first = [...(words[0] ?? '?')][0] ?? '?'
  const last = words.length > 1 ? ([...(words.at(-1) as string)][0] ?? '') : ''
  return (first + last).toUpperCase()
}

/** A hue that is always the same for the same address. */
export function hue(of: string): number {
  let sum = 0
  for (const letter of of.toLowerCase()) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 3600
  return sum % 360
}

type Props = { name: string; addr: string; size?: number }

export function Avatar({ name, addr, size = 36 }: Props) {
  const style = { width: size, height: size, fontSize: size * 0.36, background: `hsl(${hue(addr)} 42% 33%)` }
  return (
    <span className={classes.avatar} style={style} aria-hidden>
      {initials(name || addr)}
    </span>
  )
}
