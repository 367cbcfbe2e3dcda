import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Stack, Switch } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { problemOf } from '../../api/problem'
import { useRemoveProvider, useSaveProvider } from '../../api/providers'
import { useMe } from '../../api/session'
import type { Provider } from '../../api/types'
import Confirm from '../../ui/Confirm'
import { CopyButton } from '../../ui/CopyButton'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { say } from '../../ui/toast'
import { Panel } from '../settings/Panel'
import { MailHostFields } from './MailHostFields'
import classes from './ProviderForm.module.css'
import type { ProviderValues } from './presets'
import { SignInFields } from './SignInFields'

type Props = { stored?: Provider; initial: ProviderValues; onDone: () => void }

/** Everything about one provider. */
export function ProviderForm({ stored, initial, onDone }: Props) {
  const { t } = useLingui()
  const { redirectUri } = useMe()
  const save = useSaveProvider(stored?.id)
  const remove = useRemoveProvider()
  const [asking, setAsking] = useState(false)
  const needed = (value: string) => (value.trim() ? null : t`This is needed.`)
  const hostPort = (value: string) =>
    /^[^\s:]+:\d+$/.test(value.trim()) ? null : t`A host and a port: mail.example.org:993`
  const form = useForm<ProviderValues>({
    initialValues: initial,
    validate: {
      name: needed,
      authority: (value) => (/^https?:\/\//.test(value) ? null : t`An address that starts with https://`),
      tenant: (value, values) => (values.kind === 'microsoft' ? needed(value) : null),
      clientId: needed,
      clientSecret: (value) => (stored?.first.set ? null : needed(value)),
      imapHost: hostPort,
      smtpHost: hostPort,
    },
  })
  const submit = (values: ProviderValues) =>
    save.mutate(
      { ...values, clientSecret: values.clientSecret || undefined, version: stored?.version },
      {
        onSuccess: () => {
          say(t`${values.name} is saved. Mailboxes can be connected with it now.`)
          onDone()
        },
      },
    )
  const error = save.error ?? remove.error

  return (
    <Panel title={stored ? stored.name : <Trans>New provider</Trans>}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap="lg">
          <div>
            <div className={classes.label}>
              <Trans>Redirect URI, to be entered at the provider exactly like this</Trans>
            </div>
            <div className={classes.copy}>
              <code>{redirectUri}</code>
              <CopyButton text={redirectUri} />
            </div>
          </div>
          <SignInFields form={form} stored={stored} />
          <MailHostFields form={form} />
          <Switch
            label={t`Switched off: nobody can connect a new mailbox with it`}
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
            It can be removed only while no mailbox is connected with it. Its secret is forgotten.
          </Trans>
        </Confirm>
      )}
    </Panel>
  )
}
