// What the two kinds of provider start with.
import type { Provider, ProviderInput } from '../../api/types'

/** Every field of the form; the version is the server's matter. */
export type ProviderValues = Required<Omit<ProviderInput, 'version'>>

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
  unproved: true,
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

export const microsoft: ProviderValues = {
  ...blank,
  name: 'Outlook',
  kind: 'microsoft',
  authority: 'https://login.microsoftonline.com',
  tenant: 'common',
  clientId: '',
  clientSecret: '',
  scopes:
    'openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send',
  imapHost: 'outlook.office365.com:993',
  smtpHost: 'smtp.office365.com:587',
  smtpTls: 'starttls',
  caPem: '',
  filesSent: 'server',
  disabled: false,
}

export const generic: ProviderValues = {
  ...microsoft,
  name: '',
  kind: 'generic',
  authority: '',
  tenant: '',
  scopes: 'openid profile email offline_access',
  imapHost: '',
  smtpHost: '',
  filesSent: 'client',
}

/** A stored provider as the form shows it. Its secrets never come back. */
export function valuesOf(provider: Provider): ProviderValues {
  const {
    id: _id,
    first,
    second,
    mailboxes: _n,
    problem: _p,
    problemAt: _at,
    version: _v,
    ...rest
  } = provider
  return { ...blank, ...rest, secretExpiresAt: first.expiresAt, secondExpiresAt: second.expiresAt }
}
