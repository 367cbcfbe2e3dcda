import { Trans, useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, lazy, Suspense, useState } from 'react'
import { problemOf } from '../../api/problem'
import { useSetupOpen, useSignIn } from '../../api/session'
import { Notice } from '../../ui/Notice'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { Doorway } from './Doorway'
import classes from './Doorway.module.css'

const OtherWays = lazy(() => import('./OtherWays'))
const SecondStep = lazy(() => import('./SecondStep'))
const Forgot = lazy(() => import('./Forgot'))

/** The password, what can stand in its place, and what may follow it. */
export function SignIn() {
  const { t } = useLingui()
  const signIn = useSignIn()
  const setup = useSetupOpen()
  const [step, setStep] = useState<'first' | 'second' | 'forgot'>('first')
  const back = () => {
    signIn.reset()
    setStep('first')
  }

  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = new FormData(e.currentTarget)
    signIn.mutate(
      { email: String(form.get('email')).trim(), password: String(form.get('password')) },
      { onError: (error) => problemOf(error).code === 'second_factor' && setStep('second') },
    )
  }

  if (step !== 'first') {
    return <Suspense>{step === 'second' ? <SecondStep onBack={back} /> : <Forgot onBack={back} />}</Suspense>
  }
  return (
    <Doorway title={<Trans>Welcome back</Trans>} lead={<Trans>Sign in to read and send your mail.</Trans>}>
      <form className={classes.form} onSubmit={submit}>
        {setup.data?.open && (
          <Notice tone="calm" title={<Trans>This Postroom is new.</Trans>}>
            <Trans>Open the set-up link that it printed when it started to make the first account.</Trans>
          </Notice>
        )}
        {signIn.error && <ProblemNotice urgent problem={problemOf(signIn.error)} />}
        <TextInput
          name="email"
          type="email"
          label={t`E-mail address`}
          autoComplete="username"
          size="md"
          required
          withAsterisk={false}
          autoFocus
        />
        <PasswordInput
          name="password"
          label={t`Password`}
          autoComplete="current-password"
          size="md"
          required
          withAsterisk={false}
        />
        <Button type="submit" size="md" mt={4} loading={signIn.isPending}>
          <Trans>Sign in</Trans>
        </Button>
        <Suspense>
          <OtherWays onForgot={() => setStep('forgot')} onSecondStep={() => setStep('second')} />
        </Suspense>
      </form>
    </Doorway>
  )
}
