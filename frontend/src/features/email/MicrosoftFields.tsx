import { Trans, useLingui } from '@lingui/react/macro'
import { NativeSelect, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { EmailSettings } from '../../api/types'
import classes from './AccountForm.module.css'
import { SecretField } from './SecretField'
import type { EmailValues } from './values'

type Props = { form: UseFormReturnType<EmailValues>; settings: EmailSettings }

/** An app registration that sends as one mailbox, through Microsoft Graph, with nobody signed in. */
export function MicrosoftFields({ form, settings }: Props) {
  const { t } = useLingui()
  return (
    <div className={classes.fields}>
      <p className={classes.hint}>
        <Trans>
          Postroom sends as an application, through Microsoft Graph. The app registration needs the{' '}
          <b>application</b> permission Mail.Send with admin consent, best held to this one mailbox.
        </Trans>
      </p>
      <div className={classes.pair}>
        <TextInput
          label={t`Sender e-mail address`}
          description={t`A mailbox in Exchange Online; a shared one will do`}
          type="email"
          autoComplete="off"
          {...form.getInputProps('address')}
        />
        <TextInput
          label={t`Authentication type`}
          description={t`App-only, client credentials`}
          value="OAuth"
          variant="filled"
          readOnly
        />
      </div>
      <div className={classes.pair}>
        <NativeSelect
          label={t`Cloud`}
          description={t`Where the organisation lives`}
          data={[
            { value: 'global', label: t`Microsoft 365 (global, GCC)` },
            { value: 'gcchigh', label: t`US Government (GCC High)` },
            { value: 'dod', label: t`US Department of Defense` },
            { value: 'china', label: t`China (21Vianet)` },
            { value: 'custom', label: t`Other endpoints` },
          ]}
          {...form.getInputProps('cloud')}
        />
        <TextInput
          label={t`Tenant ID`}
          description={t`Directory (tenant) ID or a domain; not common`}
          autoComplete="off"
          {...form.getInputProps('tenant')}
        />
      </div>
      {form.values.cloud === 'custom' && (
        <div className={classes.pair}>
          <TextInput
            label={t`Sign-in service`}
            placeholder="https://login.microsoftonline.com"
            inputMode="url"
            {...form.getInputProps('authority')}
          />
          <TextInput
            label={t`Microsoft Graph`}
            placeholder="https://graph.microsoft.com"
            inputMode="url"
            {...form.getInputProps('graph')}
          />
        </div>
      )}
      <div className={classes.pair}>
        <TextInput
          label={t`Client ID`}
          description={t`Application (client) ID`}
          autoComplete="off"
          {...form.getInputProps('clientId')}
        />
        <SecretField
          form={form}
          settings={settings}
          label={t`Client secret`}
          first={t`Its value, not its ID. Never shown again.`}
        />
      </div>
      <TextInput
        className={classes.day}
        label={t`The client secret expires on`}
        description={t`As Entra shows it: administrators are warned before`}
        type="date"
        {...form.getInputProps('expires')}
      />
    </div>
  )
}
