import { Trans, useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import type { FormEvent } from 'react'
import { type Sensitive, useRename, useSetPassword } from '../../api/account'
import { problemOf } from '../../api/problem'
import type { Account } from '../../api/types'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { say } from '../../ui/toast'
import { passwordLength } from '../auth/password'
import { Panel } from '../settings/Panel'
import classes from './Account.module.css'

export function NameAndPassword({ account, sensitive }: { account: Account; sensitive: Sensitive }) {
  const { t } = useLingui()
  const rename = useRename()
  const set = useSetPassword(sensitive)
  const submitName = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const name = String(new FormData(e.currentTarget).get('name'))
    rename.mutate(name, { onSuccess: () => say(t`Your name is saved.`) })
  }
  const submitPassword = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = e.currentTarget
    const done = () => {
      form.reset()
      say(t`Your password is set. Other browsers are signed out.`)
    }
    set.mutate(String(new FormData(form).get('password')), { onSuccess: done })
  }
  return (
    <>
      <Panel title={account.user.name} lead={account.user.email}>
        {rename.error && <ProblemNotice urgent problem={problemOf(rename.error)} />}
        <form className={classes.row} onSubmit={submitName}>
          <TextInput
            name="name"
            label={t`Your name`}
            defaultValue={account.user.name}
            autoComplete="name"
            required
            withAsterisk={false}
          />
          <Button type="submit" variant="default" loading={rename.isPending}>
            <Trans>Save name</Trans>
          </Button>
        </form>
      </Panel>
      <Panel
        title={<Trans>Password</Trans>}
        lead={
          account.hasPassword ? (
            <Trans>Setting a new one signs every other browser out.</Trans>
          ) : (
            <Trans>You have none: you sign in another way. With one you can do both.</Trans>
          )
        }
      >
        {set.error && <ProblemNotice urgent problem={problemOf(set.error)} />}
        <form className={classes.row} onSubmit={submitPassword}>
          <input type="hidden" name="username" autoComplete="username" value={account.user.email} readOnly />
          <PasswordInput
            name="password"
            label={t`New password`}
            autoComplete="new-password"
            minLength={passwordLength}
            required
            withAsterisk={false}
          />
          <Button type="submit" variant="default" loading={set.isPending}>
            <Trans>Set the password</Trans>
          </Button>
        </form>
      </Panel>
    </>
  )
}
