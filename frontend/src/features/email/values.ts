// The form of the sender: what it starts with, what is stored, what is sent.
import type { EmailInput, EmailSettings } from '../../api/types'

export type EmailValues = Required<Omit<EmailInput, 'version' | 'port' | 'secretExpiresAt'>> & {
  port: string
  /** A day, as the browser's date field has it. */
  expires: string
}

export const empty: EmailValues = {
  kind: 'smtp',
  address: '',
  name: 'Postroom',
  language: 'en',
  host: '',
  port: '587',
  tls: 'starttls',
  auth: 'basic',
  username: '',
  caPem: '',
  cloud: 'global',
  authority: '',
  graph: '',
  tenant: '',
  clientId: '',
  mailbox: '',
  secret: '',
  expires: '',
}

const day = (ms?: number) => (ms ? new Date(ms).toISOString().slice(0, 10) : '')

/** The stored sender as the form shows it; its secret never comes back. */
export function valuesOf({ sender }: EmailSettings, language: EmailValues['language']): EmailValues {
  if (!sender) return { ...empty, language }
  const { version: _version, port, secretExpiresAt, ...rest } = sender
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return { ...empty, ...given, port: port ? String(port) : empty.port, expires: day(secretExpiresAt) }
}

/** What the server takes. Blank fields are left out. */
export function inputOf({ port, expires, ...values }: EmailValues, version?: number): EmailInput {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
  return {
    ...(given as Partial<EmailInput>),
    kind: values.kind,
    port: values.kind === 'smtp' ? Number(port) || undefined : undefined,
    secretExpiresAt: expires && values.kind === 'microsoft' ? Date.parse(expires) : undefined,
    version,
  }
}

/** Whether the stored secret would go to the same place. The server decides; this only chooses words. */
export function samePlace({ sender }: EmailSettings, values: EmailValues): boolean {
  if (!sender || sender.kind !== values.kind) return false
  const fields =
    values.kind === 'smtp'
      ? (['host', 'tls', 'username', 'caPem'] as const)
      : (['cloud', 'tenant', 'clientId'] as const)
  const same = fields.every((field) => (sender[field] ?? '') === values[field].trim())
  if (values.kind === 'smtp') return same && String(sender.port) === values.port
  const custom = values.cloud === 'custom'
  return same && (!custom || (sender.authority === values.authority && sender.graph === values.graph))
}
