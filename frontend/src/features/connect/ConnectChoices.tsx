import './css'
import '../../ui/dialogCss'
import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useConnect } from '../../api/mailboxes'
import { problemOf } from '../../api/problem'
import type { ConnectWish, ProviderName } from '../../api/types'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { type History, sinceOf } from './history'
import { providerOf } from './providerOf'

type Props = { providers: ProviderName[]; provider?: string; opened: boolean; onClose: () => void }

/** What can be chosen before leaving for the sign-in page. */
export function ConnectChoices({ providers, provider: asked, opened, onClose }: Props) {
  const { t } = useLingui()
  const [chosen, choose] = useState<string>()
  const [shared, setShared] = useState(false)
  const [address, setAddress] = useState('')
  const [history, setHistory] = useState<History>('all')
  const [day, setDay] = useState('')
  const connect = useConnect()
  const provider = providers.find(({ id }) => id === (asked ?? chosen)) ?? providers[0]
  if (!provider) return null
  const better = providerOf(address, providers, provider)
  const needed = shared || provider.needsAddress

  const leave = () => {
    const wish: ConnectWish = { provider: provider.id, since: sinceOf(history, day, Date.now()) }
    if (shared) wish.shared = address
    else if (address) wish.address = address
    connect.mutate(wish)
  }
  return (
    <Modal
      closeButtonProps={{ 'aria-label': t`Close` }}
      opened={opened}
      onClose={onClose}
      title={t`Connect a mailbox`}
    >
      <form
        onSubmit={(e) => {
          e.preventDefault()
          leave()
        }}
      >
        <Stack gap="md">
          {connect.error && <ProblemNotice urgent problem={problemOf(connect.error)} />}
          {!asked && providers.length > 1 && (
            <NativeSelect
              label={t`Provider`}
              data={providers.map(({ id, name }) => ({ value: id, label: name }))}
              value={provider.id}
              onChange={(e) => choose(e.currentTarget.value)}
            />
          )}
          {!provider.needsAddress && (
            <Radio.Group
              label={t`Which mailbox?`}
              value={shared ? 'shared' : 'own'}
              onChange={(value) => setShared(value === 'shared')}
            >
              <Stack gap="xs" mt={8}>
                <Radio value="own" label={t`My own`} />
                <Radio
                  value="shared"
                  label={t`A shared one`}
                  description={t`You sign in as yourself. You need Full Access to it, and Send As to write from it.`}
                />
              </Stack>
            </Radio.Group>
          )}
          <TextInput
            type="email"
            label={
              shared
                ? t`Address of the shared mailbox`
                : needed
                  ? t`Its address`
                  : t`Its address, if you like`
            }
            description={
              shared || needed
                ? undefined
                : t`Then another account is not connected by mistake. No password is asked for here.`
            }
            value={address}
            onChange={(e) => setAddress(e.currentTarget.value)}
            required={needed}
            autoComplete="email"
          />
          {better && (
            <Text size="sm">
              <Trans>That looks like an address at {better.name}.</Trans>{' '}
              <Button size="compact-xs" variant="default" onClick={() => choose(better.id)}>
                <Trans>Use {better.name}</Trans>
              </Button>
            </Text>
          )}
          <NativeSelect
            label={t`How far back`}
            description={t`Older mail stays on the server. You can fetch more later.`}
            data={[
              { value: 'all', label: t`All mail` },
              { value: 'year', label: t`The last year` },
              { value: 'quarter', label: t`The last 90 days` },
              { value: 'day', label: t`From a day on` },
            ]}
            value={history}
            onChange={(e) => setHistory(e.currentTarget.value as History)}
          />
          {history === 'day' && (
            <TextInput
              type="date"
              label={t`First day`}
              value={day}
              onChange={(e) => setDay(e.currentTarget.value)}
              required
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" loading={connect.isPending || connect.isSuccess}>
              <Trans>Go to the sign-in page</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
