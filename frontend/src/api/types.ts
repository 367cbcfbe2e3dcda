// The wire's own types under short names. schema.d.ts is generated from the server's routes.
import type { components } from './schema'

type Schemas = components['schemas']

export type Address = Schemas['Addr']
export type Attempt = Schemas['Attempt']
export type AttemptAnswer = Schemas['AnswerForm']
export type Change = Schemas['Change']
export type Attachment = Schemas['Attachment']
export type Chapter = Schemas['Chapter']
export type ConnectWish = Schemas['ConnectForm']
export type Draft = Schemas['OutgoingForm']
export type Explained = Schemas['Explained']
export type FailedAction = Schemas['FailedAction']
export type Folder = Schemas['Folder']
export type Mailbox = Schemas['Mailbox']
export type Message = Schemas['Message']
export type Outgoing = Schemas['Outgoing']
export type Problem = Schemas['Problem']
export type Provider = Schemas['Provider']
export type ProviderInput = Schemas['ProviderForm']
export type ProviderName = Schemas['ProviderChoice']
export type Row = Schemas['Row']
export type Step = Schemas['Step']
export type Session = Schemas['Session']
export type Upload = Schemas['Upload']
export type User = Schemas['User']

export type Role = Folder['role']
export type Page = Schemas['Listing']
export type Filter = 'unread' | 'flagged'
