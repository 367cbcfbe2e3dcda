import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, PasswordInput, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { problemOf } from '../../api/problem'
import { useRemoveSignIn, useSaveSignIn } from '../../api/signIns'
import type { SignInProvider, SignInProviderInput } from '../../api/types'
import Confirm from '../../ui/Confirm'
import { CopyButton } from '../../ui/CopyButton'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { say } from '../../ui/toast'
import { Panel } from '../settings/Panel'
import classes from './SigningIn.module.css'

type Props = {
  kind: SignInProvider['kind']
  stored?: SignInProvider
  redirectUri: string
  onDone: () => void
}

const microsoftAuthority = 'https://login.microsoftonline.com'

/** Everything about one service that people sign in with. */
export function SigningInForm({ kind, stored, redirectUri, onDone }: Props) {
  const { t } = useLingui()
  const save = useSaveSignIn(stored?.id)
  const remove = useRemoveSignIn()
  const [asking, setAsking] = useState(false)
  const microsoft = kind === 'microsoft'
  const needed = (value: string) => (value.trim() ? null : t`This is needed.`)
  const form = useForm({
    initialValues: {
      name: stored?.name ?? (microsoft ? 'Microsoft' : ''),
      authority: stored?.authority ?? (microsoft ? microsoftAuthority : ''),
      tenant: stored?.tenant ?? '',
      clientId: stored?.clientId ?? '',
      clientSecret: '',
      allowedTenants: stored?.allowedTenants ?? '',
      admits: stored?.admits ?? false,
      disabled: stored?.disabled ?? false,
    },
    validate: {
      name: needed,
      authority: (value) => (/^https?:\/\//.test(value) ? null : t`An address that starts with https://`),
      tenant: (value) => (microsoft ? needed(value) : null),
      clientId: needed,
    },
  })
  const submit = (values: typeof form.values) => {
    const body: SignInProviderInput = { ...values, kind, version: stored?.version, caPem: stored?.caPem }
    save.mutate(body, {
      onSuccess: () => {
        say(t`${values.name} is saved.`)
        onDone()
      },
    })
  }
  const error = save.error ?? remove.error
  const hint = stored?.secretHint
  return (
    <Panel title={stored ? stored.name : <Trans>New way to sign in</Trans>}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap="lg">
          <div>
            <div className={classes.label}>
              <Trans>Redirect URI, to be entered at the registration (platform Web) exactly like this</Trans>
            </div>
            <div className={classes.copy}>
              <code>{redirectUri}</code>
              <CopyButton text={redirectUri} />
            </div>
          </div>
          <div className={classes.pair}>
            <TextInput
              label={t`Name`}
              description={t`On the button: “Sign in with …”`}
              {...form.getInputProps('name')}
            />
            {microsoft && (
              <TextInput
                label={t`Tenant`}
                description={t`Directory (tenant) ID, a domain, or organizations`}
                {...form.getInputProps('tenant')}
              />
            )}
          </div>
          <TextInput
            label={microsoft ? t`Authority` : t`Issuer`}
            description={
              microsoft
                ? t`Differs only for national clouds`
                : t`Where /.well-known/openid-configuration is found`
            }
            inputMode="url"
            {...form.getInputProps('authority')}
          />
          <div className={classes.pair}>
            <TextInput
              label={t`Client ID`}
              description={t`Application (client) ID`}
              autoComplete="off"
              {...form.getInputProps('clientId')}
            />
            <PasswordInput
              label={t`Client secret`}
              description={
                hint ? t`Set, ends …${hint}. Empty keeps it.` : t`Its value, not its ID. Never shown again.`
              }
              autoComplete="new-password"
              {...form.getInputProps('clientSecret')}
            />
          </div>
          {microsoft && (
            <TextInput
              label={t`Allowed tenants`}
              description={t`Tenant IDs with spaces between them; empty: all that the tenant above lets in`}
              {...form.getInputProps('allowedTenants')}
            />
          )}
          <Switch
            label={t`Whoever signs in with it and is unknown becomes a member`}
            description={t`Off: only people who linked their account or were invited come in.`}
            {...form.getInputProps('admits', { type: 'checkbox' })}
          />
          <Switch
            label={t`Switched off: nobody can sign in with it`}
            {...form.getInputProps('disabled', { type: 'checkbox' })}
          />
          {error && <ProblemNotice urgent problem={problemOf(error)} />}
          <Group gap="xs">
            <Button type="submit" loading={save.isPending}>
              <Trans>Save</Trans>
            </Button>
            <Button variant="default" onClick={onDone}>
              <Trans>Cancel</Trans>
            </Button>
            <span className={classes.space} />
            {stored && (
              <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
                <Trans>Remove</Trans>
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      {stored && (
        <Confirm
          opened={asking}
          title={t`Remove ${stored.name}?`}
          yes={<Trans>Remove</Trans>}
          danger
          busy={remove.isPending}
          onYes={() => remove.mutate(stored.id, { onSuccess: onDone, onSettled: () => setAsking(false) })}
          onNo={() => setAsking(false)}
        >
          <Trans>
            Accounts that were linked with it sign nobody in any more. Whoever has no other way to sign in
            needs a link for a new password from you.
          </Trans>
        </Confirm>
      )}
    </Panel>
  )
}
