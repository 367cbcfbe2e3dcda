import { Trans, useLingui } from '@lingui/react/macro'
import { Radio, Stack, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import classes from './ProviderForm.module.css'
import type { ProviderValues } from './presets'

/** The mail hosts and what is special about them. For Microsoft nothing needs to be changed. */
export function MailHostFields({ form }: { form: UseFormReturnType<ProviderValues> }) {
  const { t } = useLingui()
  return (
    <details open={form.values.kind === 'generic'}>
      <summary className={classes.summary}>
        <Trans>Mail servers and permissions</Trans>
      </summary>
      <div className={classes.more}>
        <Textarea label={t`Permissions (scopes)`} autosize minRows={2} {...form.getInputProps('scopes')} />
        <div className={classes.pair}>
          <TextInput
            label={t`IMAP server`}
            description={t`host:port, with TLS`}
            placeholder="imap.example.org:993"
            {...form.getInputProps('imapHost')}
          />
          <TextInput
            label={t`SMTP server`}
            description="host:port"
            placeholder="smtp.example.org:587"
            {...form.getInputProps('smtpHost')}
          />
        </div>
        <div className={classes.pair}>
          <Radio.Group label={t`TLS when sending`} {...form.getInputProps('smtpTls')}>
            <Stack gap={6} mt={6}>
              <Radio value="starttls" label={t`STARTTLS, usually port 587`} />
              <Radio value="tls" label={t`TLS from the start, usually port 465`} />
            </Stack>
          </Radio.Group>
          <Radio.Group label={t`Who files the sent copy`} {...form.getInputProps('filesSent')}>
            <Stack gap={6} mt={6}>
              <Radio value="server" label={t`The mail server does (Outlook, Gmail)`} />
              <Radio value="client" label={t`Postroom does`} />
            </Stack>
          </Radio.Group>
        </div>
        <Textarea
          label={t`CA certificate`}
          description={t`Only for servers with a certificate of your own: PEM`}
          placeholder="-----BEGIN CERTIFICATE-----"
          autosize
          minRows={2}
          maxRows={8}
          {...form.getInputProps('caPem')}
        />
      </div>
    </details>
  )
}
