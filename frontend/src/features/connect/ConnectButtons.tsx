import { Trans } from '@lingui/react/macro'
import { Button, Group } from '@mantine/core'
import { IconBrandOffice, IconMail } from '@tabler/icons-react'
import { useState } from 'react'
import { useConnect } from '../../api/mailboxes'
import { problemOf } from '../../api/problem'
import type { ProviderName } from '../../api/types'
import { complain } from '../../ui/toast'
import { ConnectChoices } from './ConnectChoices'

/** One button per provider; each leads to the provider's sign-in page. */
export function ConnectButtons({ providers, first }: { providers: ProviderName[]; first: boolean }) {
  const connect = useConnect()
  const [choosing, setChoosing] = useState(false)
  const [typed, setTyped] = useState<string>() // the provider that has to be told the address
  return (
    <Group gap="xs" justify={first ? 'center' : undefined}>
      {providers.map(({ id, name, kind, needsAddress }) => (
        <Button
          key={id}
          size={first ? 'md' : 'sm'}
          leftSection={kind === 'microsoft' ? <IconBrandOffice size={18} /> : <IconMail size={18} />}
          loading={connect.variables?.provider === id && (connect.isPending || connect.isSuccess)}
          onClick={() =>
            needsAddress
              ? setTyped(id)
              : connect.mutate({ provider: id }, { onError: (error) => complain(problemOf(error)) })
          }
        >
          <Trans>Connect {name} mailbox</Trans>
        </Button>
      ))}
      <Button size={first ? 'md' : 'sm'} variant="default" onClick={() => setChoosing(true)}>
        <Trans>More choices …</Trans>
      </Button>
      <ConnectChoices
        providers={providers}
        provider={typed}
        opened={choosing || typed !== undefined}
        onClose={() => {
          setChoosing(false)
          setTyped(undefined)
        }}
      />
    </Group>
  )
}
