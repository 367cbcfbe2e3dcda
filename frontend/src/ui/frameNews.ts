// What a mail's frame may tell the app. It is outside the app's walls: everything is checked.

const least = 24
const most = 20_000
const keys = new Set([...'jkeruafcsvxzU#/?', 'Escape'])

export type FrameNews =
  | { kind: 'height'; height: number }
  | { kind: 'hover'; href: string }
  | { kind: 'link'; href: string }
  | { kind: 'key'; event: KeyboardEvent }

const linkable = (href: unknown): href is string =>
  typeof href === 'string' && href.length < 4000 && /^(https?|mailto|tel):/i.test(href)

/** The news in a frame's message; undefined for anything else that it sends. */
export function frameNews(data: unknown): FrameNews | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { postroom, height, href, key, mod } = data as Record<string, unknown>
  switch (postroom) {
    case 'height':
      if (typeof height !== 'number' || !Number.isFinite(height)) return undefined
      return { kind: 'height', height: Math.min(most, Math.max(least, Math.ceil(height))) }
    case 'hover':
      return { kind: 'hover', href: linkable(href) ? href : '' }
    case 'link':
      return linkable(href) ? { kind: 'link', href } : undefined
    case 'key': {
      const palette = mod === true && (key === 'k' || key === 'K')
      if (!palette && !(typeof key === 'string' && keys.has(key))) return undefined
      const init = { key, ctrlKey: palette, shiftKey: key === 'U', bubbles: true, cancelable: true }
      return { kind: 'key', event: new KeyboardEvent('keydown', init) }
    }
    default:
      return undefined
  }
}
