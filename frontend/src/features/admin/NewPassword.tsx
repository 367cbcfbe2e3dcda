import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core'
import type { FormEvent } from 'react'
import { useChangePerson } from '../../api/people'
import { problemOf } from '../../api/problem'
import type { User } from '../../api/types'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { say } from '../../ui/toast'
import { passwordLength } from '../auth/password'

export function NewPassword({ user, opened, onClose }: { user: User; opened: boolean; onClose: () => void }) {
  const { t } = useLingui()
  const change = useChangePerson()
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const password = String(new FormData(e.currentTarget).get('password'))
    const done = () => {
      say(t`${user.name} has a new password.`)
      onClose()
    }
    change.mutate({ id: user.id, password }, { onSuccess: done })
  }
  return (
    <Modal opened={opened} onClose={onClose} title={t`New password for ${user.name}`}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {change.error && <ProblemNotice urgent problem={problemOf(change.error)} />}
          <PasswordInput
            name="password"
            label={t`Password`}
            description={t`Open sessions of this account end.`}
            minLength={passwordLength}
            autoComplete="new-password"
            required
            data-autofocus
          />
          <Group justify="flex-end">
            <Button type="submit" loading={change.isPending}>
              <Trans>Set</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
