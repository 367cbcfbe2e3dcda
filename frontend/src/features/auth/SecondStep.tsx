import { Trans, useLingui } from '@lingui/react/macro'
import { Button, TextInput } from '@mantine/core'
import type { FormEvent } from 'react'
import { useLocation } from 'wouter'
import { useSecondStep } from '../../api/doors'
import { problemOf } from '../../api/problem'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { Doorway } from './Doorway'
import classes from './Doorway.module.css'
import extra from './Extras.module.css'

/** Where to go on after a service brought somebody here: a path of our own, or nowhere. */
function onward(): string | undefined {
  const next = new URLSearchParams(location.search).get('next')
  return next && /^\/(?![/\\])/.test(next) ? next : undefined
}

/** The six digits after the password. */
export default function SecondStep({ onBack }: { onBack: () => void }) {
  const { t } = useLingui()
  const [, navigate] = useLocation()
  const second = useSecondStep()
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const next = onward()
    second.mutate(String(new FormData(e.currentTarget).get('code')), {
      onSuccess: () => next && navigate(next, { replace: true }),
    })
  }
  return (
    <Doorway
      title={<Trans>One more step</Trans>}
      lead={<Trans>Enter the code that your authenticator app shows, or one of your recovery codes.</Trans>}
    >
      <form className={classes.form} onSubmit={submit}>
        {second.error && <ProblemNotice urgent problem={problemOf(second.error)} />}
        <TextInput
          name="code"
          label={t`Code`}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          size="md"
          required
          withAsterisk={false}
          autoFocus
        />
        <Button type="submit" size="md" mt={4} loading={second.isPending}>
          <Trans>Sign in</Trans>
        </Button>
        <button type="button" className={extra.quiet} onClick={onBack}>
          <Trans>Sign in as somebody else</Trans>
        </button>
      </form>
    </Doorway>
  )
}
