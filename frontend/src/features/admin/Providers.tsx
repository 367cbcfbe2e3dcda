import { Trans } from '@lingui/react/macro'
import { Badge, Button, Group, Skeleton } from '@mantine/core'
import { IconBrandOffice, IconMail } from '@tabler/icons-react'
import { useState } from 'react'
import { useProviders } from '../../api/providers'
import type { Provider } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { Panel } from '../settings/Panel'
import { EntraSteps } from './EntraSteps'
import { ProviderForm } from './ProviderForm'
import classes from './Providers.module.css'
import { generic, microsoft, type ProviderValues, valuesOf } from './presets'

type Editing = { id?: string; values: ProviderValues; stored?: Provider }

/** The app registrations that mailboxes can be connected with. */
export function Providers() {
  const providers = useProviders()
  const [editing, setEditing] = useState<Editing>()
  if (providers.isPending) return <Skeleton h={180} radius="lg" />
  if (!providers.data) return <Broken error={providers.error} retry={() => providers.refetch()} />

  if (editing) {
    return (
      <>
        {editing.values.kind === 'microsoft' && !editing.id && <EntraSteps />}
        <ProviderForm
          key={editing.id ?? editing.values.kind}
          stored={editing.stored}
          initial={editing.values}
          onDone={() => setEditing(undefined)}
        />
      </>
    )
  }
  const none = providers.data.length === 0
  return (
    <Panel
      title={none ? <Trans>Set up your mail provider</Trans> : <Trans>Providers</Trans>}
      lead={
        <Trans>
          A provider is an app registration at Microsoft, or at another service that signs in with OpenID
          Connect. Each one gives people a button to connect their mailbox.
        </Trans>
      }
    >
      {!none && (
        <ul className={classes.list}>
          {providers.data.map((provider) => (
            <li key={provider.id} className={classes.provider}>
              {provider.kind === 'microsoft' ? <IconBrandOffice size={22} /> : <IconMail size={22} />}
              <div className={classes.words}>
                <span className={classes.name}>{provider.name}</span>
                <span className={classes.detail}>
                  {provider.tenant || provider.authority} · {provider.imapHost}
                </span>
              </div>
              {provider.disabled && (
                <Badge variant="light" color="gray">
                  <Trans>Switched off</Trans>
                </Badge>
              )}
              <Button
                variant="default"
                size="xs"
                onClick={() => setEditing({ id: provider.id, values: valuesOf(provider), stored: provider })}
              >
                <Trans>Change</Trans>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Group gap="xs">
        <Button
          variant={none ? 'filled' : 'light'}
          leftSection={<IconBrandOffice size={17} />}
          onClick={() => setEditing({ values: microsoft })}
        >
          <Trans>Add Outlook / Microsoft 365</Trans>
        </Button>
        <Button
          variant="default"
          leftSection={<IconMail size={17} />}
          onClick={() => setEditing({ values: generic })}
        >
          <Trans>Add another service</Trans>
        </Button>
      </Group>
    </Panel>
  )
}
