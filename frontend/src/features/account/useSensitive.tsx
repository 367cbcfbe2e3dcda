import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type Sensitive, useProve } from '../../api/account'
import { ProblemError, problemOf } from '../../api/problem'
import { useMe } from '../../api/session'
import { Dialog } from '../../ui/Dialog'
import { ProblemNotice } from '../../ui/ProblemNotice'

type Waiting = { go: () => void; giveUp: () => void }

/**
 * For what the server does only for people who proved lately who they are: when it says so, the password
 * is asked for and the call is made again. Who gives up gets the server's own words.
 */
export function useSensitive() {
  const [waiting, setWaiting] = useState<Waiting>()
  const sensitive: Sensitive = async (call) => {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'prove_again') throw error
      await new Promise<void>((go, giveUp) => setWaiting({ go, giveUp: () => giveUp(error) }))
      return await call()
    }
  }
  const prompt = waiting && (
    <PasswordAgain
      onProven={() => {
        setWaiting(undefined)
        waiting.go()
      }}
      onClose={() => {
        setWaiting(undefined)
        waiting.giveUp()
      }}
    />
  )
  return { sensitive, prompt }
}

function PasswordAgain({ onProven, onClose }: { onProven: () => void; onClose: () => void }) {
  const { t } = useLingui()
  const { user } = useMe()
  const prove = useProve()
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    prove.mutate(String(new FormData(e.currentTarget).get('password')), { onSuccess: onProven })
  }
  return (
    <Dialog opened onClose={onClose} title={t`Is it you?`}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {prove.error && <ProblemNotice urgent problem={problemOf(prove.error)} />}
          <input type="hidden" name="username" autoComplete="username" value={user.email} readOnly />
          <PasswordInput
            name="password"
            label={t`Your password`}
            description={t`You signed in a while ago, and this changes how you sign in.`}
            autoComplete="current-password"
            required
            withAsterisk={false}
            data-autofocus
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" loading={prove.isPending}>
              <Trans>Go on</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
