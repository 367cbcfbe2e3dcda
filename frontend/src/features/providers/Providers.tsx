import { Trans } from '@lingui/react/macro'
import { Button, Skeleton } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useSearchParams } from 'wouter'
import { usePresets, useProviders } from '../../api/providers'
import type { Provider } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { Notice } from '../../ui/Notice'
import { Panel } from '../settings/Panel'
import { PresetPicker } from './PresetPicker'
import { ProviderForm } from './ProviderForm'
import { ProviderRow } from './ProviderRow'
import classes from './Providers.module.css'
import { type ProviderValues, valuesOf, valuesOfPreset } from './values'

type Editing = { values: ProviderValues; stored?: Provider }

/** The app registrations that mailboxes can be connected with. */
export function Providers() {
  const providers = useProviders()
  const presets = usePresets()
  const [editing, setEditing] = useState<Editing>()
  if (providers.isPending || presets.isPending) return <Skeleton h={180} radius="lg" />
  if (!providers.data) return <Broken error={providers.error} retry={() => providers.refetch()} />
  if (!presets.data) return <Broken error={presets.error} retry={() => presets.refetch()} />

  if (editing) {
    return (
      <ProviderForm
        key={editing.stored?.id ?? editing.values.preset}
        stored={editing.stored}
        initial={editing.values}
        onDone={() => setEditing(undefined)}
      />
    )
  }
  const none = providers.data.length === 0
  return (
    <>
      <Approved providers={providers.data} />
      {!none && (
        <Panel title={<Trans>Providers</Trans>}>
          <ul className={classes.list}>
            {providers.data.map((provider) => (
              <ProviderRow
                key={provider.id}
                provider={provider}
                onChange={() => setEditing({ values: valuesOf(provider), stored: provider })}
              />
            ))}
          </ul>
        </Panel>
      )}
      <Panel
        title={none ? <Trans>Set up your mail provider</Trans> : <Trans>Add a provider</Trans>}
        lead={
          <Trans>
            A provider is an app registration at Microsoft, or at another service that signs in with OAuth.
            Each one gives people a button to connect their mailbox.
          </Trans>
        }
      >
        <PresetPicker
          presets={presets.data}
          onPick={(preset) => setEditing({ values: valuesOfPreset(preset) })}
        />
      </Panel>
    </>
  )
}

/** What an administrator of Microsoft 365 who is one here too comes back to. */
function Approved({ providers }: { providers: Provider[] }) {
  const [params, setParams] = useSearchParams()
  const provider = providers.find(({ id }) => id === params.get('approved'))
  if (!provider) return null
  return (
    <Notice
      tone="good"
      icon={<IconCircleCheck size={18} />}
      title={<Trans>{provider.name} is approved for your organisation.</Trans>}
      actions={
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => setParams(new URLSearchParams(), { replace: true })}
        >
          <Trans>Close</Trans>
        </Button>
      }
    >
      <Trans>Everyone there can connect their mailbox now, without being asked for consent.</Trans>
    </Notice>
  )
}
