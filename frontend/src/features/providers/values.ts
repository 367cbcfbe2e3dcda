// What the form of a provider holds, and where it starts from.
import type { UseFormReturnType } from '@mantine/form'
import type { Provider, ProviderInput, ProviderPreset } from '../../api/types'

/** Every field of the form; the version, and saving without proof, are no fields. */
export type ProviderValues = Required<Omit<ProviderInput, 'version' | 'unproved'>>

export type Form = UseFormReturnType<ProviderValues>

const blank: ProviderValues = {
  name: '',
  preset: '',
  cloud: '',
  kind: 'generic',
  authority: '',
  tenant: '',
  clientId: '',
  clientSecret: '',
  secretExpiresAt: 0,
  secondSecret: '',
  secondExpiresAt: 0,
  dropSecond: false,
  authorizeUrl: '',
  tokenUrl: '',
  revokeUrl: '',
  scopes: '',
  imapHost: '',
  smtpHost: '',
  smtpTls: '',
  sasl: '',
  caPem: '',
  filesSent: '',
  allowedTenants: '',
  allowedAddresses: '',
  mailboxesPerUser: 0,
  disabled: false,
}

/** A new provider as its preset fills it in. */
export const valuesOfPreset = (preset: ProviderPreset): ProviderValues => ({ ...blank, ...preset })

/** A stored provider as the form shows it. Its secrets never come back. */
export function valuesOf(provider: Provider): ProviderValues {
  const { id, first, second, mailboxes, problem, problemAt, version, ...settings } = provider
  return { ...blank, ...settings, secretExpiresAt: first.expiresAt, secondExpiresAt: second.expiresAt }
}

/** What another cloud changes: where people sign in, what is asked for, and the mail servers. */
export function inCloud(values: ProviderValues, preset: ProviderPreset): ProviderValues {
  const { authority = '', scopes = '', imapHost = '', smtpHost = '', cloud = '' } = preset
  return { ...values, cloud, authority, scopes, imapHost, smtpHost }
}

/** Whether a stored secret must be entered again: what it opens would be sent to another place. */
export const moved = (stored: Provider, values: ProviderValues) =>
  (
    [
      'kind',
      'authority',
      'tenant',
      'clientId',
      'authorizeUrl',
      'tokenUrl',
      'revokeUrl',
      'imapHost',
      'smtpHost',
    ] as const
  ).some((field) => (stored[field] ?? '') !== values[field].trim())

/** A day as <input type="date"> writes it; the end of that day counts. */
export const dayOf = (ms: number) => (ms ? new Date(ms).toLocaleDateString('sv') : '')
export const endOfDay = (day: string) => (day ? new Date(`${day}T23:59:59`).getTime() || 0 : 0)
