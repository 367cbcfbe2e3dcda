import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'

/** Puts a text into the clipboard and says that it did. */
export function CopyButton({ text }: { text: string }) {
  const { t } = useLingui()
  const { copy, copied } = useClipboard({ timeout: 1500 })
  const label = copied ? t`Copied` : t`Copy`
  return (
    <Tooltip label={label}>
      <ActionIcon onClick={() => copy(text)} aria-label={label} size={32}>
        {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
      </ActionIcon>
    </Tooltip>
  )
}
