// What each step of the guide for Microsoft asks for.
import '@mantine/core/styles/Combobox.layer.css'
import { Trans, useLingui } from '@lingui/react/macro'
import { Anchor, Code, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { CopyLine } from './CopyLine'
import { RedirectURI } from './RedirectURI'
import { dayOf, endOfDay, type Form } from './values'

const portal = 'https://entra.microsoft.com'
const registrations = `${portal}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade`

export function Tenant({ form }: { form: Form }) {
  const { t } = useLingui()
  const named = ['common', 'organizations', 'consumers'].includes(form.values.tenant)
  const own = named ? 'own' : form.values.tenant
  return (
    <>
      <p>
        <Trans>
          Sign in to{' '}
          <Anchor inherit underline="always" href={portal} target="_blank" rel="noreferrer">
            Microsoft Entra
          </Anchor>{' '}
          with an account that may register applications. Under Overview stands the Tenant ID of your
          organisation. Whose mailboxes shall be connected?
        </Trans>
      </p>
      <NativeSelect
        label={t`Whose mailboxes`}
        value={named ? form.values.tenant : 'own'}
        data={[
          { value: 'own', label: t`Those of one organisation` },
          { value: 'organizations', label: t`Those of any organisation` },
          { value: 'common', label: t`Those of any organisation, and personal ones (outlook.com)` },
          { value: 'consumers', label: t`Personal ones only` },
        ]}
        onChange={(event) => {
          const chosen = event.currentTarget.value
          form.setFieldValue('tenant', chosen === 'own' ? '' : chosen)
        }}
      />
      {!named && (
        <TextInput
          label={t`Tenant`}
          description={t`Directory (tenant) ID or one of its domains`}
          value={own}
          error={form.errors.tenant}
          onChange={(event) => form.setFieldValue('tenant', event.currentTarget.value)}
        />
      )}
    </>
  )
}

export function Registration({ form }: { form: Form }) {
  const { t } = useLingui()
  const kinds: Record<string, string> = {
    organizations: t`Accounts in any organizational directory`,
    common: t`Accounts in any organizational directory and personal Microsoft accounts`,
    consumers: t`Personal Microsoft accounts only`,
  }
  return (
    <>
      <ol>
        <li>
          <Trans>
            Open{' '}
            <Anchor inherit underline="always" href={registrations} target="_blank" rel="noreferrer">
              App registrations
            </Anchor>{' '}
            and choose New registration. Name it Postroom: people read that name when they agree.
          </Trans>
        </li>
        <li>
          <Trans>
            Supported account types: “
            {kinds[form.values.tenant] ?? t`Accounts in this organizational directory only`}”.
          </Trans>
        </li>
        <li>
          <Trans>Redirect URI: choose the platform “Web” and paste the address below. Register.</Trans>
        </li>
        <li>
          <Trans>Copy the Application (client) ID from the overview into the field below.</Trans>
        </li>
      </ol>
      <RedirectURI />
      <TextInput label={t`Client ID`} autoComplete="off" {...form.getInputProps('clientId')} />
    </>
  )
}

export function Permissions() {
  return (
    <>
      <p>
        <Trans>
          In your app open API permissions, Add a permission, Microsoft Graph, Delegated permissions, and
          tick:
        </Trans>
      </p>
      <ul>
        <li>
          <Code>email</Code>, <Code>offline_access</Code>
        </li>
        <li>
          <Code>IMAP.AccessAsUser.All</Code>, <Code>SMTP.Send</Code>
        </li>
      </ul>
      <p>
        <Trans>
          <Code>User.Read</Code> is there by default. Postroom never asks for it: together with the
          permissions for mail, Microsoft would give a token that the mail servers refuse.
        </Trans>
      </p>
    </>
  )
}

export function ClientSecret({ form }: { form: Form }) {
  const { t } = useLingui()
  return (
    <>
      <p>
        <Trans>
          In your app open Certificates &amp; secrets and make a New client secret. Copy its <b>Value</b> at
          once: it is shown only now. The Secret ID beside it is something else.
        </Trans>
      </p>
      <PasswordInput
        label={t`Client secret`}
        description={t`Its value, not its ID. Never shown again.`}
        autoComplete="new-password"
        {...form.getInputProps('clientSecret')}
      />
      <TextInput
        type="date"
        label={t`Expires on`}
        description={t`At most 24 months from now. Postroom warns 30, 14 and 3 days before.`}
        value={dayOf(form.values.secretExpiresAt)}
        onChange={(event) => form.setFieldValue('secretExpiresAt', endOfDay(event.currentTarget.value))}
      />
    </>
  )
}

export function SmtpAuth() {
  return (
    <>
      <p>
        <Trans>
          Many organisations have switched off sending over SMTP. In Exchange Online PowerShell, allow it for
          the whole organisation, or for a mailbox at a time:
        </Trans>
      </p>
      <CopyLine text="Set-TransportConfig -SmtpClientAuthenticationDisabled $false" />
      <CopyLine text="Set-CASMailbox -Identity ada@example.org -SmtpClientAuthenticationDisabled $false -ImapEnabled $true" />
      <p>
        <Trans>
          It takes up to an hour to take effect. Until then a mailbox can be connected for reading.
        </Trans>
      </p>
    </>
  )
}

export function SystemMail() {
  return (
    <>
      <p>
        <Trans>
          For Postroom’s own notices (invitations, warnings) the app may send through Microsoft Graph. Add the{' '}
          <b>application</b> permission <Code>Mail.Send</Code>, grant admin consent, and restrict it to chosen
          mailboxes, or it holds for all of the organisation:
        </Trans>
      </p>
      <CopyLine text="New-ApplicationAccessPolicy -AppId <client ID> -PolicyScopeGroupId postroom-senders@example.org -AccessRight RestrictAccess" />
      <p>
        <Trans>
          The sender itself is entered under Settings → E-mail. Skip this step if you do not need it.
        </Trans>
      </p>
    </>
  )
}
