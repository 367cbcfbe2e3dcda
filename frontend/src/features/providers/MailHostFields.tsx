import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Radio, Stack, TextInput } from '@mantine/core'
import type { Provider } from '../../api/types'
import { Notice } from '../../ui/Notice'
import classes from './ProviderForm.module.css'
import type { Form } from './values'

type Props = { form: Form; stored?: Provider }

/** The mail servers, and how they are spoken to. */
export function MailHostFields({ form, stored }: Props) {
  const { t } = useLingui()
  const { imapHost, smtpHost } = form.values
  const changed =
    stored !== undefined &&
    stored.mailboxes > 0 &&
    (stored.imapHost !== imapHost.trim() || stored.smtpHost !== smtpHost.trim())
  return (
    <>
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
      {changed && <Moving mailboxes={stored.mailboxes} />}
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
        <Radio.Group label={t`How the servers take the token`} {...form.getInputProps('sasl')}>
          <Stack gap={6} mt={6}>
            <Radio value="xoauth2" label={t`XOAUTH2 (Outlook, Gmail and most others)`} />
            <Radio value="oauthbearer" label="OAUTHBEARER (RFC 7628)" />
          </Stack>
        </Radio.Group>
      </div>
    </>
  )
}

function Moving({ mailboxes }: { mailboxes: number }) {
  return (
    <Notice tone="warn" title={<Trans>The mail servers change under connected mailboxes</Trans>}>
      <Plural
        value={mailboxes}
        one="# mailbox is connected. From saving on it signs in at the new server, and its access token is sent there: the client secret is asked for again."
        other="# mailboxes are connected. From saving on they sign in at the new server, and their access tokens are sent there: the client secret is asked for again."
      />{' '}
      <Trans>
        Where it is the same service under another name, mail is found again. Where it is another one, its
        folders and mails take the place of those that are here.
      </Trans>
    </Notice>
  )
}
