import { Trans, useLingui } from '@lingui/react/macro'
import { Button, TextInput } from '@mantine/core'
import type { FormEvent } from 'react'
import { useForgot, useWays } from '../../api/doors'
import { problemOf } from '../../api/problem'
import { Notice } from '../../ui/Notice'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { Doorway } from './Doorway'
import classes from './Doorway.module.css'
import extra from './Extras.module.css'

/** Asks for a link that sets a new password. What it says does not depend on whether anybody is known. */
export default function Forgot({ onBack }: { onBack: () => void }) {
  const { t } = useLingui()
  const ways = useWays()
  const forgot = useForgot()
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    forgot.mutate(String(new FormData(e.currentTarget).get('email')).trim())
  }
  const back = (
    <button type="button" className={extra.quiet} onClick={onBack}>
      <Trans>Back to sign-in</Trans>
    </button>
  )
  if (ways.data && !ways.data.resetByMail) {
    return (
      <Doorway
        title={<Trans>Forgot your password?</Trans>}
        lead={
          <Trans>
            This Postroom sends no mail of its own. An administrator can make you a link that sets a new
            password: ask them.
          </Trans>
        }
      >
        <div className={classes.form}>{back}</div>
      </Doorway>
    )
  }
  return (
    <Doorway
      title={<Trans>Forgot your password?</Trans>}
      lead={<Trans>A link that sets a new one goes to your e-mail address. It counts for an hour.</Trans>}
    >
      <form className={classes.form} onSubmit={submit}>
        {forgot.error && <ProblemNotice urgent problem={problemOf(forgot.error)} />}
        {forgot.isSuccess ? (
          <Notice tone="good" title={<Trans>On its way, if you have an account here.</Trans>} urgent>
            <Trans>Look into your mail, and into its junk folder.</Trans>
          </Notice>
        ) : (
          <>
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
            <Button type="submit" size="md" mt={4} loading={forgot.isPending}>
              <Trans>Send the link</Trans>
            </Button>
          </>
        )}
        {back}
      </form>
    </Doorway>
  )
}
