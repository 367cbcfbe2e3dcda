import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

/** What stands in the audit log, in words. An operation of the API without words here is shown by its own name. */
export const deeds: Record<string, MessageDescriptor> = {
  'session.open': msg`Signed in`,
  'session.close': msg`Signed out`,
  'session.refuse': msg`Sign-in refused`,
  'session.lock': msg`Locked out for a while: too many failures`,
  'factor.refuse': msg`Wrong code in the second step`,
  'account.change': msg`Changed the own account`,
  'account.reset': msg`Set a new password by a link`,
  'post-users': msg`Added a person`,
  'patch-users-id': msg`Changed a person`,
  'delete-users-id': msg`Removed a person`,
  'delete-users-id-factors': msg`Reset second step and passkeys`,
  'post-users-id-reset': msg`Made a link for a new password`,
  'post-invitations': msg`Invited somebody`,
  'post-invitations-id-again': msg`Made a new invitation link`,
  'delete-invitations-id': msg`Withdrew an invitation`,
  'post-admin-providers': msg`Added a provider`,
  'put-admin-providers-id': msg`Changed a provider`,
  'delete-admin-providers-id': msg`Removed a provider`,
  'post-admin-sign-in-providers': msg`Added a way to sign in`,
  'put-admin-sign-in-providers-id': msg`Changed a way to sign in`,
  'delete-admin-sign-in-providers-id': msg`Removed a way to sign in`,
}
