// What this browser remembers of its person's wishes. Nothing here is mail.
import { useLocalStorage } from '@mantine/hooks'
import type { Locale } from '../i18n/locale'

const key = 'postroom.preferences'

export type Preferences = {
  /** Keys of one character do things: "j", "e" … */
  keys: boolean
  /** Undefined follows the browser. */
  locale?: Locale
}

const initial: Preferences = { keys: true }

export function usePreferences() {
  const [value, set] = useLocalStorage<Preferences>({
    key,
    defaultValue: initial,
    getInitialValueInEffect: false,
  })
  return { ...value, change: (change: Partial<Preferences>) => set((old) => ({ ...old, ...change })) }
}

/** The language wished for, read before React starts. */
export function storedLocale(): Locale | undefined {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? '{}') as Preferences).locale
  } catch {
    return undefined
  }
}
