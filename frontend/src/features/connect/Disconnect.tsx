import '../../ui/dialogCss'
import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useDisconnect } from '../../api/mailboxes'
import { problemOf } from '../../api/problem'
import type { Mailbox, Parting } from '../../api/types'
import { ProblemNotice } from '../../ui/ProblemNotice'

type Props = { mailbox: Mailbox; onClose: () => void }

/** Asks what becomes of the mail that is here, and says what became of the sign-in at the provider. */
export function Disconnect({ mailbox, onClose }: Props) {
  const { t } = useLingui()
  const { address, id, state } = mailbox
  const gone = state === 'disconnected' // nothing is left but to delete its mail
  const [keep, setKeep] = useState('keep')
  const disconnect = useDisconnect(id)
  const close = () => {
    disconnect.settle()
    onClose()
  }
  if (disconnect.data) {
    return (
      <Modal
        closeButtonProps={{ 'aria-label': t`Close` }}
        opened
        onClose={close}
        title={t`${address} is disconnected`}
      >
        <Parted parting={disconnect.data} />
        <Group justify="flex-end" mt="lg">
          <Button onClick={close} data-autofocus>
            <Trans>Close</Trans>
          </Button>
        </Group>
      </Modal>
    )
  }
  return (
    <Modal
      closeButtonProps={{ 'aria-label': t`Close` }}
      opened
      onClose={close}
      title={gone ? t`Delete the mail of ${address}?` : t`Disconnect ${address}?`}
    >
      <Stack gap="md">
        {disconnect.error && <ProblemNotice urgent problem={problemOf(disconnect.error)} />}
        <Text size="sm">
          {gone ? (
            <Trans>Its mail disappears here. On the mail server everything stays as it is.</Trans>
          ) : (
            <Trans>
              Postroom forgets its sign-in. On the mail server everything stays as it is; you can connect the
              mailbox again at any time.
            </Trans>
          )}
        </Text>
        {!gone && (
          <Radio.Group value={keep} onChange={setKeep} label={t`The mail that is here`}>
            <Stack gap="xs" mt={8}>
              <Radio
                value="keep"
                label={t`Keep it`}
                description={t`It stays readable and searchable. Reconnecting goes on where it stopped.`}
              />
              <Radio
                value="delete"
                label={t`Delete it`}
                description={t`It disappears here, and only here.`}
              />
            </Stack>
          </Radio.Group>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} data-autofocus>
            <Trans>Cancel</Trans>
          </Button>
          <Button
            color="red"
            loading={disconnect.isPending}
            onClick={() => disconnect.mutate({ keep: !gone && keep === 'keep' })}
          >
            {gone ? <Trans>Delete the mail here</Trans> : <Trans>Disconnect</Trans>}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Parted({ parting }: { parting: Parting }) {
  const { byHand, problem, revoked } = parting
  if (problem) {
    return (
      <Stack gap="sm">
        <Text size="sm">
          <Trans>
            Here the sign-in is erased. The provider was asked to end it on its side too, and did not:
          </Trans>
        </Text>
        <ProblemNotice problem={problem} />
      </Stack>
    )
  }
  if (revoked) {
    return (
      <Text size="sm">
        <Trans>The sign-in is erased here, and the provider has ended it on its side too.</Trans>
      </Text>
    )
  }
  return (
    <Text size="sm">
      <Trans>The sign-in is erased here.</Trans>{' '}
      {byHand && (
        <Trans>
          Microsoft lets nobody but you end it on its side: remove Postroom at{' '}
          <a href={byHand} target="_blank" rel="noreferrer">
            {new URL(byHand).host}
          </a>{' '}
          if you want to.
        </Trans>
      )}
    </Text>
  )
}
