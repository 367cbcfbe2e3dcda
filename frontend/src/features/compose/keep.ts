// Drafts in this browser's storage, one entry each, under the person that wrote them.
import type { Draft } from './draft'

export type Kept = { draft: Draft; from: Draft; at: number }

const prefix = (user: string) => `postroom.draft.${user}.`

/** Stores what the window holds. False when the browser has no room or no storage. */
export function keep(user: string, draft: Draft, from: Draft): boolean {
  try {
    const kept: Kept = { draft, from, at: Date.now() }
    localStorage.setItem(prefix(user) + draft.id, JSON.stringify(kept))
    return true
  } catch {
    return false
  }
}

export function forget(user: string, id: string) {
  try {
    localStorage.removeItem(prefix(user) + id)
  } catch {
    // Without storage there is nothing to forget.
  }
}

function read(key: string): Kept | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '') as Kept
    return kept.draft?.id && kept.from ? kept : undefined
  } catch {
    return undefined
  }
}

/** Everything that was being written when the page went away, oldest first. */
export function kept(user: string): Kept[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix(user)))
      .map(read)
      .filter((one) => one !== undefined)
      .sort((a, b) => a.at - b.at)
  } catch {
    return []
  }
}

/**
 * Claims a draft for this tab until the returned function is called; undefined when another tab
 * has it. Where the browser has no locks (plain HTTP on a network) every tab may have it.
 */
export async function claim(id: string): Promise<(() => void) | undefined> {
  if (!navigator.locks) return () => {}
  return new Promise((resolve) => {
    void navigator.locks.request(`postroom.draft.${id}`, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(undefined)
      return new Promise<void>((release) => resolve(release))
    })
  })
}
