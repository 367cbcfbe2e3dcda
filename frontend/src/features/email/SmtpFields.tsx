import { Trans, useLingui } from '@lingui/react/macro'
import { Radio, Stack, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconLockOpen } from '@tabler/icons-react'
import type { EmailSettings } from '../../api/types'
import { Notice } from '../../ui/Notice'
import classes from './AccountForm.module.css'
import { SecretField } from './SecretField'
import type { EmailValues } from './values'

type Props = { form: UseFormReturnType<EmailValues>; settings: EmailSettings }

/** Any mail server that takes mail from this machine, or from somebody with a password. */
export function SmtpFields({ form, settings }: Props) {
  const { t } = useLingui()
  const { auth, tls } = form.values
  return (
    <div className={classes.fields}>
      <div className={classes.pair}>
        <TextInput
          label={t`SMTP server`}
          placeholder="smtp.example.org"
          autoComplete="off"
          {...form.getInputProps('host')}
        />
        <TextInput label={t`Port`} inputMode="numeric" {...form.getInputProps('port')} />
      </div>
      <div className={classes.pair}>
        <TextInput label={t`Sender name`} {...form.getInputProps('name')} />
        <TextInput
          label={t`Sender e-mail address`}
          type="email"
          placeholder="postroom@example.org"
          autoComplete="off"
          {...form.getInputProps('address')}
        />
      </div>
      <div className={classes.pair}>
        <Radio.Group label={t`Encryption`} {...form.getInputProps('tls')}>
          <Stack gap={6} mt={6}>
            <Radio value="starttls" label={t`STARTTLS, usually port 587`} />
            <Radio value="tls" label={t`TLS from the start, usually port 465`} />
            <Radio value="none" label={t`None`} />
          </Stack>
        </Radio.Group>
        <Radio.Group label={t`Authentication`} {...form.getInputProps('auth')}>
          <Stack gap={6} mt={6}>
            <Radio value="basic" label={t`User name and password`} />
            <Radio value="none" label={t`None: the server knows this machine`} />
          </Stack>
        </Radio.Group>
      </div>
      {tls === 'none' && (
        <Notice
          tone="warn"
          icon={<IconLockOpen size={18} />}
          title={<Trans>Without encryption everybody on the way can read these mails.</Trans>}
        >
          <Trans>
            They hold links that let people in. Use it only for a mail server on this very machine or network;
            a password is never sent this way.
          </Trans>
        </Notice>
      )}
      {auth === 'basic' && (
        <div className={classes.pair}>
          <TextInput label={t`User name`} autoComplete="off" {...form.getInputProps('username')} />
          <SecretField form={form} settings={settings} label={t`Password`} first={t`Never shown again.`} />
        </div>
      )}
      <details>
        <summary className={classes.summary}>
          <Trans>The server has a certificate of its own</Trans>
        </summary>
        <Textarea
          mt="xs"
          label={t`CA certificate`}
          description={t`Only for servers with a certificate of your own: PEM`}
          placeholder="-----BEGIN CERTIFICATE-----"
          autosize
          minRows={2}
          maxRows={8}
          {...form.getInputProps('caPem')}
        />
      </details>
    </div>
  )
}
