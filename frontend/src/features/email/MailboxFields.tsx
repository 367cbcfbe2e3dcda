import { Trans, useLingui } from '@lingui/react/macro'
import { Radio, Skeleton, Stack } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconMailbox, IconUser } from '@tabler/icons-react'
import { useMailboxes } from '../../api/mailboxes'
import type { EmailSettings } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { Notice } from '../../ui/Notice'
import classes from './AccountForm.module.css'
import type { EmailValues } from './values'

type Props = { form: UseFormReturnType<EmailValues>; settings: EmailSettings }

/** One of the administrator's own mailboxes sends. */
export function MailboxFields({ form, settings }: Props) {
  const { t } = useLingui()
  const mailboxes = useMailboxes()
  const { sender, mine } = settings
  const address = sender?.address ?? ''
  if (mailboxes.isPending) return <Skeleton h={80} radius="md" />
  if (!mailboxes.data) return <Broken error={mailboxes.error} retry={() => mailboxes.refetch()} />
  return (
    <div className={classes.fields}>
      <p className={classes.hint}>
        <Trans>
          These mails leave from your own address, and their copies lie in your Sent folder, links included.
          Good for trying things out; for good, take a mailbox that nobody reads.
        </Trans>
      </p>
      {sender?.kind === 'mailbox' && !mine && (
        <Notice tone="calm" icon={<IconUser size={18} />}>
          <Trans>At present {address} sends, a mailbox of another administrator.</Trans>
        </Notice>
      )}
      {mailboxes.data.length === 0 ? (
        <Notice
          tone="warn"
          icon={<IconMailbox size={18} />}
          title={<Trans>You have no mailbox connected.</Trans>}
        >
          <Trans>Connect one under Mailboxes, then choose it here.</Trans>
        </Notice>
      ) : (
        <Radio.Group label={t`Mailbox`} {...form.getInputProps('mailbox')}>
          <Stack gap={8} mt={6}>
            {mailboxes.data.map((box) => (
              <Radio key={box.id} value={box.id} label={box.address} disabled={!box.canSend} />
            ))}
          </Stack>
        </Radio.Group>
      )}
    </div>
  )
}
