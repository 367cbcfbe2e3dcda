import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { problemOf } from '../../api/problem'
import { useSaveProvider } from '../../api/providers'
import type { Provider } from '../../api/types'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { say } from '../../ui/toast'
import { Panel } from '../settings/Panel'
import { AllSettings } from './AllSettings'
import { Guide } from './Guide'
import { guideFor } from './guides'
import classes from './ProviderForm.module.css'
import { RemoveProvider } from './RemoveProvider'
import { TrialPanel } from './TrialPanel'
import { moved, type ProviderValues } from './values'

type Props = { stored?: Provider; initial: ProviderValues; onDone: () => void }

/** The problems after which saving anyway makes sense: the service could not be asked, or not yet. */
const unasked = new Set(['provider_down', 'provider_config', 'address_blocked', 'unreachable'])

/** Everything about one provider: by a guide for those who do it the first time, or all at once. */
export function ProviderForm({ stored, initial, onDone }: Props) {
  const { t } = useLingui()
  const save = useSaveProvider(stored?.id)
  const guide = stored ? undefined : guideFor(initial.preset)
  const [guided, setGuided] = useState(guide !== undefined)
  const needed = (value: string) => (value.trim() ? null : t`This is needed.`)
  const hostPort = (value: string) =>
    /^[^\s:]+:\d+$/.test(value.trim()) ? null : t`A host and a port: mail.example.org:993`
  const form = useForm<ProviderValues>({
    initialValues: initial,
    validate: {
      name: needed,
      authority: (value, { tokenUrl }) =>
        tokenUrl || /^https?:\/\//.test(value) ? null : t`An address that starts with https://`,
      tenant: (value, { kind }) => (kind === 'microsoft' ? needed(value) : null),
      clientId: needed,
      clientSecret: (value, values) => {
        if (stored ? !stored.first.set || !moved(stored, values) : values.kind !== 'microsoft') return null
        return needed(value)
      },
      imapHost: hostPort,
      smtpHost: hostPort,
    },
  })
  const submit = (unproved: boolean) => (values: ProviderValues) =>
    save.mutate(
      { ...values, unproved, version: stored?.version },
      {
        onSuccess: () => {
          say(t`${values.name} is saved. Mailboxes can be connected with it now.`)
          onDone()
        },
      },
    )
  const problem = save.error && problemOf(save.error)
  const finish = (
    <Stack gap="md">
      <TrialPanel values={form.values} stored={stored} />
      {problem && (
        <ProblemNotice
          urgent
          problem={problem}
          actions={
            unasked.has(problem.code) && (
              <Button size="compact-sm" variant="default" onClick={() => form.onSubmit(submit(true))()}>
                <Trans>Save without this check</Trans>
              </Button>
            )
          }
        />
      )}
      <div className={classes.bar}>
        <Button type="submit" loading={save.isPending}>
          <Trans>Save</Trans>
        </Button>
        <Button variant="default" onClick={onDone}>
          <Trans>Cancel</Trans>
        </Button>
        <span className={classes.space} />
        {stored && <RemoveProvider stored={stored} onDone={onDone} />}
      </div>
    </Stack>
  )
  return (
    <Panel
      title={stored ? stored.name : <Trans>New provider</Trans>}
      actions={
        guide && (
          <Button variant="subtle" size="compact-sm" onClick={() => setGuided(!guided)}>
            {guided ? <Trans>Show all settings</Trans> : <Trans>Show the guide</Trans>}
          </Button>
        )
      }
    >
      <form
        noValidate
        onSubmit={form.onSubmit(submit(false), () => {
          setGuided(false) // what is missing shows there
        })}
      >
        {guide && guided ? (
          <Guide steps={guide} form={form} finish={finish} />
        ) : (
          <AllSettings form={form} stored={stored}>
            {finish}
          </AllSettings>
        )}
      </form>
    </Panel>
  )
}
