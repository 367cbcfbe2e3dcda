import { Trans, useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, Skeleton, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useLocation, useSearchParams } from 'wouter'
import { useAccept, useElsewhere, useInvited, useWays } from '../../api/doors'
import { problemOf } from '../../api/problem'
import { useSession, useSignOut } from '../../api/session'
import { Notice } from '../../ui/Notice'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { Doorway } from './Doorway'
import classes from './Doorway.module.css'
import extra from './Extras.module.css'
import { passwordLength } from './password'

/** The page behind an invitation's link. */
export default function Invite() {
  const [params] = useSearchParams()
  const token = params.get('token') ?? ''
  const session = useSession()
  const signOut = useSignOut()
  const invited = useInvited(token)
  const by = invited.data?.by
  return (
    <Doorway
      title={<Trans>Welcome to Postroom</Trans>}
      lead={by ? <Trans>{by} invited you.</Trans> : <Trans>You were invited.</Trans>}
    >
      {invited.isPending && <Skeleton h={220} radius="md" />}
      {invited.error && (
        <ProblemNotice
          urgent
          problem={problemOf(invited.error)}
          actions={
            <Button component="a" href="/" size="compact-sm" variant="default">
              <Trans>Go to sign-in</Trans>
            </Button>
          }
        />
      )}
      {invited.data &&
        (session.data ? (
          <Notice
            tone="warn"
            title={<Trans>{session.data.user.name} is signed in here.</Trans>}
            actions={
              <Button size="compact-sm" variant="default" onClick={() => signOut.mutate()}>
                <Trans>Sign out</Trans>
              </Button>
            }
          >
            <Trans>This invitation is for {invited.data.email}.</Trans>
          </Notice>
        ) : (
          <Accept token={token} email={invited.data.email} name={invited.data.name ?? ''} />
        ))}
    </Doorway>
  )
}

function Accept({ token, email, name }: { token: string; email: string; name: string }) {
  const { t } = useLingui()
  const [, navigate] = useLocation()
  const ways = useWays()
  const accept = useAccept()
  const elsewhere = useElsewhere()
  const form = useForm({
    initialValues: { name, password: '' },
    validate: {
      name: (value) => (value.trim() ? null : t`How shall Postroom call you?`),
      password: (value) =>
        value.length >= passwordLength ? null : t`At least ${passwordLength} characters, please.`,
    },
  })
  const error = accept.error ?? elsewhere.error
  const submit = (values: typeof form.values) =>
    accept.mutate({ token, ...values }, { onSuccess: () => navigate('/', { replace: true }) })
  return (
    <form className={classes.form} onSubmit={form.onSubmit(submit)}>
      <div className={extra.fact}>
        <Trans>You sign in as {email}</Trans>
      </div>
      {error && <ProblemNotice urgent problem={problemOf(error)} />}
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <TextInput label={t`Your name`} autoComplete="name" size="md" {...form.getInputProps('name')} />
      <PasswordInput
        label={t`Password`}
        description={t`At least ${passwordLength} characters; a sentence is fine.`}
        autoComplete="new-password"
        size="md"
        {...form.getInputProps('password')}
      />
      <Button type="submit" size="md" mt={4} loading={accept.isPending}>
        <Trans>Accept the invitation</Trans>
      </Button>
      {ways.data && ways.data.services.length > 0 && (
        <div className={extra.ways}>
          <div className={extra.or}>
            <Trans>or without a password</Trans>
          </div>
          {ways.data.services.map((service) => (
            <Button
              key={service.id}
              variant="default"
              size="md"
              loading={elsewhere.isPending && elsewhere.variables.service === service.id}
              onClick={() => elsewhere.mutate({ service: service.id, invitation: token })}
            >
              <Trans>Accept with {service.name}</Trans>
            </Button>
          ))}
        </div>
      )}
    </form>
  )
}
