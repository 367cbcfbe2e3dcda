import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconMail } from '@tabler/icons-react'
import type { Problem } from '../api/types'

/** Puts a mail to whoever can mend a problem into the clipboard. */
export function CopyMessage({ who, text }: { who: Problem['who']; text: string }) {
  const { copy, copied } = useClipboard({ timeout: 2500 })
  return (
    <Button
      mt={8}
      size="compact-sm"
      variant="default"
      leftSection={copied ? <IconCheck size={15} /> : <IconMail size={15} />}
      onClick={() => copy(text)}
    >
      {copied ? (
        <Trans>Copied: paste it into a mail or a chat</Trans>
      ) : who === 'operator' ? (
        <Trans>Copy message for whoever runs Postroom</Trans>
      ) : (
        <Trans>Copy message for your administrator</Trans>
      )}
    </Button>
  )
}
