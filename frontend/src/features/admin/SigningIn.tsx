import { Trans } from '@lingui/react/macro'
import { Badge, Button, Group, Skeleton } from '@mantine/core'
import { IconBrandOffice, IconLogin2 } from '@tabler/icons-react'
import { useState } from 'react'
import { useSignInProviders } from '../../api/signIns'
import type { SignInProvider } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { Panel } from '../settings/Panel'
import classes from './SigningIn.module.css'
import { SigningInForm } from './SigningInForm'

type Editing = { kind: SignInProvider['kind']; stored?: SignInProvider }

/** The services that people may sign in to Postroom with. */
export function SigningIn() {
  const providers = useSignInProviders()
  const [editing, setEditing] = useState<Editing>()
  if (providers.isPending) return <Skeleton h={180} radius="lg" />
  if (!providers.data) return <Broken error={providers.error} retry={() => providers.refetch()} />
  if (editing) {
    return (
      <SigningInForm
        {...editing}
        redirectUri={providers.data.redirectUri}
        onDone={() => setEditing(undefined)}
      />
    )
  }
  return (
    <Panel
      title={<Trans>Signing in</Trans>}
      lead={
        <Trans>
          Beside passwords and passkeys, people can sign in to Postroom with Microsoft or any OpenID Connect
          service. They link their account themselves, or accept an invitation with it; an address alone lets
          nobody in. It opens no mailbox: that is what providers are for.
        </Trans>
      }
    >
      {providers.data.providers.length > 0 && (
        <ul className={classes.list}>
          {providers.data.providers.map((stored) => (
            <li key={stored.id} className={classes.provider}>
              {stored.kind === 'microsoft' ? <IconBrandOffice size={22} /> : <IconLogin2 size={22} />}
              <div className={classes.words}>
                <span className={classes.name}>{stored.name}</span>
                <span className={classes.detail}>{stored.tenant || stored.authority}</span>
              </div>
              {stored.admits && (
                <Badge variant="light">
                  <Trans>Lets everybody in</Trans>
                </Badge>
              )}
              {stored.disabled && (
                <Badge variant="light" color="gray">
                  <Trans>Switched off</Trans>
                </Badge>
              )}
              <Button variant="default" size="xs" onClick={() => setEditing({ kind: stored.kind, stored })}>
                <Trans>Edit</Trans>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Group gap="xs">
        <Button
          variant="default"
          leftSection={<IconBrandOffice size={17} />}
          onClick={() => setEditing({ kind: 'microsoft' })}
        >
          <Trans>Add Microsoft</Trans>
        </Button>
        <Button
          variant="default"
          leftSection={<IconLogin2 size={17} />}
          onClick={() => setEditing({ kind: 'generic' })}
        >
          <Trans>Add another service</Trans>
        </Button>
      </Group>
    </Panel>
  )
}
