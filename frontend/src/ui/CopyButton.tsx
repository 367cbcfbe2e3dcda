import { useLingui } from '@lingui/react/macro'
import { ActionIcon } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { tip } from './tip'

/** Puts a text into the clipboard and says that it did. */
export function CopyButton({ text }: { text: string }) {
  const { t } = useLingui()
  const { copy, copied } = useClipboard({ timeout: 1500 })
  const label = copied ? t`Copied` : t`Copy`
  return (
    <ActionIcon onClick={() => copy(text)} size={32} data-tip-end {...tip(label)}>
      {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
    </ActionIcon>
  )
}
