// The languages of the page. English is the source; its catalog is part of the first load because
// the macros leave only keys in a built page.
import { i18n } from '@lingui/core'
import { messages as english } from './en.po'

export const locales = { en: 'English', de: 'Deutsch' } as const
export type Locale = keyof typeof locales

/** The first of the wished-for languages that there is, else English. */
export function choose(wishes: readonly string[]): Locale {
  for (const wish of wishes) {
    const language = wish.toLowerCase().split('-')[0] as string
    if (language in locales) return language as Locale
  }
  return 'en'
}

export async function activate(locale: Locale) {
  const messages = locale === 'de' ? (await import('./de.po')).messages : english
  i18n.load(locale, messages)
  i18n.activate(locale)
  document.documentElement.lang = locale
}
