import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconCheck, IconClock } from '@tabler/icons-react'
import { useSendTest } from '../../api/email'
import { problemOf } from '../../api/problem'
import { useMe } from '../../api/session'
import type { EmailLine, EmailSettings } from '../../api/types'
import { Notice } from '../../ui/Notice'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { Mending } from './Mending'

type Props = { sender: NonNullable<EmailSettings['sender']>; opened: boolean; onClose: () => void }

/** Sends a test mail to any address and says what became of it. */
export function TrialDialog({ sender, opened, onClose }: Props) {
  const { t } = useLingui()
  const { user } = useMe()
  const send = useSendTest()
  const form = useForm({
    initialValues: { to: user.email },
    validate: { to: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t`This is not an e-mail address.`) },
  })
  const close = () => {
    send.reset()
    onClose()
  }
  const address = sender.address ?? ''
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={<Text fw={650}>{t`Send test e-mail`}</Text>}
      closeButtonProps={{ 'aria-label': t`Close` }}
      size="lg"
    >
      <form onSubmit={form.onSubmit(({ to }) => send.mutate(to))}>
        <Stack gap="sm">
          <Text size="sm">
            {sender.kind === 'smtp' && (
              <Trans>Sends a mail from {address} through the SMTP server, with the saved settings.</Trans>
            )}
            {sender.kind === 'microsoft' && (
              <Trans>
                Sends a mail from {address} through Microsoft Graph, with the saved settings. Only this shows
                whether the app may use that mailbox.
              </Trans>
            )}
            {sender.kind === 'mailbox' && <Trans>Sends a mail from the connected mailbox {address}.</Trans>}
          </Text>
          <TextInput
            label={t`To`}
            type="email"
            data-autofocus
            autoComplete="email"
            {...form.getInputProps('to')}
          />
          {send.data && <Outcome line={send.data} />}
          {send.error && <ProblemNotice urgent problem={problemOf(send.error)} />}
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={close}>
              <Trans>Close</Trans>
            </Button>
            <Button type="submit" loading={send.isPending}>
              <Trans>Send</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function Outcome({ line }: { line: EmailLine }) {
  const { recipient } = line
  if (line.problem) return <Mending urgent problem={line.problem} commands={line.commands} />
  if (line.status === 'sent')
    return (
      <Notice
        urgent
        tone="good"
        icon={<IconCheck size={18} />}
        title={<Trans>The test mail to {recipient} was handed over.</Trans>}
      >
        <Trans>Look whether it arrives, in the junk folder too.</Trans>
      </Notice>
    )
  return (
    <Notice
      urgent
      tone="warn"
      icon={<IconClock size={18} />}
      title={<Trans>The test mail is on its way.</Trans>}
    >
      <Trans>The mailbox has it and has not sent it yet. The log tells when it is gone.</Trans>
    </Notice>
  )
}
