import { Trans, useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link, useSearchParams } from 'wouter'
import { problemOf } from '../../api/problem'
import { useSetup, useSetupOpen } from '../../api/session'
import { Notice } from '../../ui/Notice'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { Doorway } from './Doorway'
import classes from './Doorway.module.css'
import { passwordLength } from './password'

/** The page behind the one-time link of the first start: makes the first administrator. */
export default function Setup() {
  const { t } = useLingui()
  const [params] = useSearchParams()
  const token = params.get('token') ?? ''
  const open = useSetupOpen()
  const setup = useSetup()
  const form = useForm({
    initialValues: { name: '', email: '', password: '' },
    validate: {
      name: (value) => (value.trim() ? null : t`How shall Postroom call you?`),
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t`This is not an e-mail address.`),
      password: (value) =>
        value.length >= passwordLength ? null : t`At least ${passwordLength} characters, please.`,
    },
  })

  if (open.data && !open.data.open) {
    return (
      <Doorway title={<Trans>All set</Trans>} lead={<Trans>This Postroom has been set up already.</Trans>}>
        <Button component={Link} href="/" fullWidth size="md">
          <Trans>Go to sign-in</Trans>
        </Button>
      </Doorway>
    )
  }
  return (
    <Doorway
      title={<Trans>Welcome to Postroom</Trans>}
      lead={<Trans>Make the first account. It is the administrator’s, and yours to read mail with.</Trans>}
    >
      <form className={classes.form} onSubmit={form.onSubmit((values) => setup.mutate({ token, ...values }))}>
        {!token && (
          <Notice tone="warn" title={<Trans>The link is not complete.</Trans>}>
            <Trans>Copy the whole set-up link from the server’s log, up to its last character.</Trans>
          </Notice>
        )}
        {setup.error && <ProblemNotice urgent problem={problemOf(setup.error)} />}
        <TextInput label={t`Your name`} autoComplete="name" size="md" {...form.getInputProps('name')} />
        <TextInput
          label={t`E-mail address`}
          description={t`To sign in with. It need not be a mailbox that you connect.`}
          type="email"
          autoComplete="username"
          size="md"
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t`Password`}
          description={t`At least ${passwordLength} characters; a sentence is fine.`}
          autoComplete="new-password"
          size="md"
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="md" mt={4} loading={setup.isPending}>
          <Trans>Make the account</Trans>
        </Button>
      </form>
    </Doorway>
  )
}
