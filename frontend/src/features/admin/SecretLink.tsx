import { Trans } from '@lingui/react/macro'
import { Button, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyButton } from '../../ui/CopyButton'
import { Dialog } from '../../ui/Dialog'
import classes from './People.module.css'

type Props = { title: ReactNode; url: string; children: ReactNode; onClose: () => void }

/** A link with a token, shown this once to be given to somebody. */
export function SecretLink({ title, url, children, onClose }: Props) {
  return (
    <Dialog opened onClose={onClose} title={<Text fw={650}>{title}</Text>}>
      <Stack gap="sm">
        <Text size="sm" component="div">
          {children}
        </Text>
        <div className={classes.link}>
          <code>{url}</code>
          <CopyButton text={url} />
        </div>
        <Group justify="flex-end">
          <Button onClick={onClose}>
            <Trans>Done</Trans>
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
