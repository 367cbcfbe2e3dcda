import { Trans } from '@lingui/react/macro'
import { Button, Group } from '@mantine/core'
import { IconBrandOffice, IconMail } from '@tabler/icons-react'
import { useConnect } from '../../api/mailboxes'
import { problemOf } from '../../api/problem'
import type { ProviderName } from '../../api/types'
import { complain } from '../../ui/toast'

/** One button per provider; each leads to the provider's sign-in page. */
export function ConnectButtons({ providers, first }: { providers: ProviderName[]; first: boolean }) {
  const connect = useConnect()
  return (
    <Group gap="xs" justify={first ? 'center' : undefined}>
      {providers.map(({ id, name, kind }) => (
        <Button
          key={id}
          size={first ? 'md' : 'sm'}
          leftSection={kind === 'microsoft' ? <IconBrandOffice size={18} /> : <IconMail size={18} />}
          loading={connect.variables?.provider === id && (connect.isPending || connect.isSuccess)}
          onClick={() => connect.mutate({ provider: id }, { onError: (error) => complain(problemOf(error)) })}
        >
          <Trans>Connect {name} mailbox</Trans>
        </Button>
      ))}
    </Group>
  )
}
