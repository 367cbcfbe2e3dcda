// Where things are. Every address of the app is made here.
import type { Filter } from './api/types'

export type SettingsPage =
  | 'mailboxes'
  | 'preferences'
  | 'people'
  | 'providers'
  | 'account'
  | 'signing-in'
  | 'audit'
  | 'email'
  | 'keys'
  | 'all-mailboxes'
  | 'links'

export const routes = {
  mail: '/mail/:folder/:message?',
  search: '/search/:message?',
  outbox: '/outbox',
  settings: '/settings/:page?',
  connect: '/connect/:attempt',
  link: '/link',
  setup: '/setup',
  invite: '/invite',
  reset: '/reset',
  problems: '/help/problems',
} as const

const query = (values: Record<string, string | undefined>) => {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) if (value) params.set(key, value)
  const text = params.toString()
  return text && `?${text}`
}

/** A place with a list: everything but the message that is open in it. */
export type Place = { folder: string; show?: Filter } | { q: string; in?: string }

export function placePath(place: Place, message?: string): string {
  const tail = message ? `/${message}` : ''
  if ('folder' in place) return `/mail/${place.folder}${tail}${query({ show: place.show })}`
  return `/search${tail}${query({ q: place.q, in: place.in })}`
}

export const mailPath = (folder: string, message?: string) => placePath({ folder }, message)
export const settingsPath = (page: SettingsPage) => `/settings/${page}`

export const asFilter = (value: string | null): Filter | undefined =>
  value === 'unread' || value === 'flagged' ? value : undefined
