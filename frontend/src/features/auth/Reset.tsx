import { Trans, useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, Skeleton } from '@mantine/core'
import type { FormEvent } from 'react'
import { useSearchParams } from 'wouter'
import { useReset, useResetFor } from '../../api/doors'
import { problemOf } from '../../api/problem'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { Doorway } from './Doorway'
import classes from './Doorway.module.css'
import extra from './Extras.module.css'
import { passwordLength } from './password'

/** The page behind a link that sets a new password. */
export default function Reset() {
  const { t } = useLingui()
  const [params] = useSearchParams()
  const token = params.get('token') ?? ''
  const whose = useResetFor(token)
  const reset = useReset()
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    reset.mutate({ token, password: String(new FormData(e.currentTarget).get('password')) })
  }
  if (reset.isSuccess) {
    return (
      <Doorway
        title={<Trans>Your password is set</Trans>}
        lead={<Trans>You are signed out everywhere. Sign in with the new one.</Trans>}
      >
        {/* The page is loaded anew: who was signed in here is not any more. */}
        <Button component="a" href="/" fullWidth size="md">
          <Trans>Go to sign-in</Trans>
        </Button>
      </Doorway>
    )
  }
  return (
    <Doorway
      title={<Trans>Set a new password</Trans>}
      lead={<Trans>After that you are signed out in every browser.</Trans>}
    >
      {whose.isPending && <Skeleton h={140} radius="md" />}
      {whose.error && (
        <ProblemNotice
          urgent
          problem={problemOf(whose.error)}
          actions={
            <Button component="a" href="/" size="compact-sm" variant="default">
              <Trans>Go to sign-in</Trans>
            </Button>
          }
        />
      )}
      {whose.data && (
        <form className={classes.form} onSubmit={submit}>
          <div className={extra.fact}>
            {whose.data.name} · {whose.data.email}
          </div>
          {reset.error && <ProblemNotice urgent problem={problemOf(reset.error)} />}
          <input type="hidden" name="username" autoComplete="username" value={whose.data.email} readOnly />
          <PasswordInput
            name="password"
            label={t`New password`}
            description={t`At least ${passwordLength} characters; a sentence is fine.`}
            autoComplete="new-password"
            minLength={passwordLength}
            size="md"
            required
            withAsterisk={false}
            autoFocus
          />
          <Button type="submit" size="md" mt={4} loading={reset.isPending}>
            <Trans>Set the password</Trans>
          </Button>
        </form>
      )}
    </Doorway>
  )
}
