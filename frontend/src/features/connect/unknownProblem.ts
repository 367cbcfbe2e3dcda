import { t } from '@lingui/core/macro'
import type { Problem } from '../../api/types'

/** For a code in the address whose story this session does not have: an old link, say. */
export const unknownProblem = (code: string): Problem => ({
  code,
  title: t`The mailbox was not connected.`,
  action: t`Start again with the button below. If it stays, tell whoever runs this Postroom.`,
  who: 'you',
  raw: code.slice(0, 80),
})
