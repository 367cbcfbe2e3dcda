import { Trans } from '@lingui/react/macro'
import { Button, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Dialog } from './Dialog'

type Props = {
  opened: boolean
  title: ReactNode
  children: ReactNode
  yes: ReactNode
  danger?: boolean
  busy?: boolean
  onYes: () => void
  onNo: () => void
}

/** Asks before something that cannot be taken back. */
export default function Confirm({ opened, title, children, yes, danger, busy, onYes, onNo }: Props) {
  return (
    <Dialog opened={opened} onClose={onNo} title={<Text fw={650}>{title}</Text>}>
      <Text component="div" size="sm">
        {children}
      </Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onNo} data-autofocus>
          <Trans>Cancel</Trans>
        </Button>
        <Button color={danger ? 'red' : undefined} onClick={onYes} loading={busy}>
          {yes}
        </Button>
      </Group>
    </Dialog>
  )
}
