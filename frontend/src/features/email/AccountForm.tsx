import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Radio, SegmentedControl, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlugConnected, IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { useForgetEmail, useSaveEmail, useTestEmail } from '../../api/email'
import { problemOf } from '../../api/problem'
import type { EmailSettings } from '../../api/types'
import { locales } from '../../i18n/locale'
import Confirm from '../../ui/Confirm'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { say } from '../../ui/toast'
import { Panel } from '../settings/Panel'
import classes from './AccountForm.module.css'
import { MailboxFields } from './MailboxFields'
import { MicrosoftFields } from './MicrosoftFields'
import { SmtpFields } from './SmtpFields'
import { Steps } from './Steps'
import { TrialDialog } from './TrialDialog'
import { type EmailValues, inputOf } from './values'

type Props = { settings: EmailSettings; initial: EmailValues }

/** Everything about the account that sends. What is wrong with it the server says, in its own words. */
export function AccountForm({ settings, initial }: Props) {
  const { t } = useLingui()
  const form = useForm<EmailValues>({ initialValues: initial })
  const save = useSaveEmail()
  const test = useTestEmail()
  const forget = useForgetEmail()
  const [sending, setSending] = useState(false)
  const [asking, setAsking] = useState(false)
  const { sender } = settings
  const { kind } = form.values
  const input = () => inputOf(form.values, sender?.version)
  const submit = () => save.mutate(input(), { onSuccess: () => say(t`The e-mail settings are saved.`) })
  const error = save.error ?? forget.error ?? test.error
  return (
    <Panel title={<Trans>E-mail account</Trans>}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap="lg">
          <SegmentedControl
            aria-label={t`E-mail account`}
            className={classes.kinds}
            value={kind}
            onChange={(value) => {
              form.setFieldValue('kind', value as EmailValues['kind'])
              form.setFieldValue('secret', '')
              test.reset()
            }}
            data={[
              { value: 'smtp', label: t`SMTP server` },
              { value: 'microsoft', label: t`Microsoft 365 (OAuth)` },
              { value: 'mailbox', label: t`My mailbox` },
            ]}
          />
          {kind === 'smtp' && <SmtpFields form={form} settings={settings} />}
          {kind === 'microsoft' && <MicrosoftFields form={form} settings={settings} />}
          {kind === 'mailbox' && <MailboxFields form={form} settings={settings} />}
          <Radio.Group label={t`Language of the mails`} {...form.getInputProps('language')}>
            <Group gap="lg" mt={6}>
              {Object.entries(locales).map(([value, name]) => (
                <Radio key={value} value={value} label={name} lang={value} />
              ))}
            </Group>
          </Radio.Group>
          {test.data && <Steps steps={test.data} />}
          {error && <ProblemNotice urgent problem={problemOf(error)} />}
          <Group gap="xs">
            <Button type="submit" loading={save.isPending}>
              <Trans>Save</Trans>
            </Button>
            <Button
              variant="default"
              leftSection={<IconPlugConnected size={17} />}
              loading={test.isPending}
              onClick={() => test.mutate(input())}
            >
              <Trans>Test connection</Trans>
            </Button>
            <Button
              variant="default"
              leftSection={<IconSend size={17} />}
              disabled={!sender || form.isDirty()}
              title={
                !sender || form.isDirty()
                  ? t`Save first: the test mail goes out with the saved settings.`
                  : undefined
              }
              onClick={() => setSending(true)}
            >
              <Trans>Send test e-mail</Trans>
            </Button>
            <span className={classes.space} />
            {sender && (
              <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
                <Trans>Remove</Trans>
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      {sender && <TrialDialog sender={sender} opened={sending} onClose={() => setSending(false)} />}
      <Confirm
        opened={asking}
        title={t`Send no mail of Postroom’s own any more?`}
        yes={<Trans>Remove</Trans>}
        danger
        busy={forget.isPending}
        onYes={() => forget.mutate(undefined, { onSettled: () => setAsking(false) })}
        onNo={() => setAsking(false)}
      >
        <Trans>The account and its secret are forgotten. What still waits to be sent is dropped.</Trans>
      </Confirm>
    </Panel>
  )
}
