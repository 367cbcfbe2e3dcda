import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useInvite } from '../../api/people'
import { problemOf } from '../../api/problem'
import { useMe } from '../../api/session'
import type { User } from '../../api/types'
import { Dialog } from '../../ui/Dialog'
import { ProblemNotice } from '../../ui/ProblemNotice'
import type { Given } from './Invitations'
import { RoleChoice } from './roles'

type Props = { onClose: () => void; onInvited: (given: Given) => void }

/** Whom to invite, and as what. */
export function InviteForm({ onClose, onInvited }: Props) {
  const { t } = useLingui()
  const { user } = useMe()
  const invite = useInvite()
  const form = useForm({
    initialValues: { email: '', name: '', role: 'member' as User['role'] },
    validate: {
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t`This is not an e-mail address.`),
    },
  })
  const submit = ({ name, ...rest }: typeof form.values) =>
    invite.mutate(
      { ...rest, name: name.trim() || undefined },
      {
        onSuccess: ({ invitation, url, mailed }) => onInvited({ email: invitation.email, url, mailed }),
      },
    )
  return (
    <Dialog opened onClose={onClose} title={t`Invite somebody`}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap="md">
          {invite.error && <ProblemNotice urgent problem={problemOf(invite.error)} />}
          <TextInput
            label={t`E-mail address`}
            description={t`They sign in with it. It need not be a mailbox that they connect.`}
            type="email"
            data-autofocus
            {...form.getInputProps('email')}
          />
          <TextInput label={t`Name`} placeholder={t`Optional`} {...form.getInputProps('name')} />
          {user.role === 'admin' && (
            <RoleChoice value={form.values.role} onChange={(role) => form.setFieldValue('role', role)} />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" loading={invite.isPending}>
              <Trans>Invite</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
