import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { Radio, Stack } from '@mantine/core'
import type { User } from '../../api/types'

type Role = User['role']

export const roleNames: Record<Role, MessageDescriptor> = {
  admin: msg`Administrator`,
  manager: msg`Manager`,
  member: msg`Member`,
}

const duties: Record<Role, MessageDescriptor> = {
  member: msg`Has mailboxes of their own.`,
  manager: msg`Invites members and sees how mailboxes fare, too. Changes no settings.`,
  admin: msg`Configures everything. Does not see other people’s mail.`,
}

type Props = { value: Role; onChange: (role: Role) => void; among?: Role[] }

/** Which role somebody has, with what it means. */
export function RoleChoice({ value, onChange, among = ['member', 'manager', 'admin'] }: Props) {
  const { t } = useLingui()
  return (
    <Radio.Group label={t`Role`} value={value} onChange={(role) => onChange(role as Role)}>
      <Stack gap="xs" mt={6}>
        {among.map((role) => (
          <Radio key={role} value={role} label={t(roleNames[role])} description={t(duties[role])} />
        ))}
      </Stack>
    </Radio.Group>
  )
}
