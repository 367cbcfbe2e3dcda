import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, PasswordInput, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAddPerson } from '../../api/people'
import { problemOf } from '../../api/problem'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { say } from '../../ui/toast'
import { passwordLength } from '../auth/password'

export function AddPerson({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useLingui()
  const add = useAddPerson()
  const form = useForm({
    initialValues: { name: '', email: '', password: '', admin: false },
    validate: {
      name: (value) => (value.trim() ? null : t`A name, please.`),
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t`This is not an e-mail address.`),
      password: (value) =>
        value.length >= passwordLength ? null : t`At least ${passwordLength} characters, please.`,
    },
  })
  const close = () => {
    form.reset()
    add.reset()
    onClose()
  }
  const submit = ({ admin, ...person }: typeof form.values) =>
    add.mutate(
      { ...person, role: admin ? 'admin' : 'member' },
      {
        onSuccess: ({ name }) => {
          say(t`${name} can sign in now.`)
          close()
        },
      },
    )
  return (
    <Modal opened={opened} onClose={close} title={t`Add somebody`}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap="sm">
          {add.error && <ProblemNotice urgent problem={problemOf(add.error)} />}
          <TextInput label={t`Name`} data-autofocus {...form.getInputProps('name')} />
          <TextInput label={t`E-mail address`} type="email" {...form.getInputProps('email')} />
          <PasswordInput
            label={t`First password`}
            description={t`Tell it to them; they sign in with it.`}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <Switch label={t`Administrator`} {...form.getInputProps('admin', { type: 'checkbox' })} />
          <Group justify="flex-end" mt="xs">
            <Button type="submit" loading={add.isPending}>
              <Trans>Add</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
