import { Trans } from '@lingui/react/macro'
import { Code } from '@mantine/core'
import { ClientSecret, Permissions, Registration, SmtpAuth, SystemMail, Tenant } from './EntraParts'
import type { GuideStep } from './guides'

/** How Postroom is registered at Microsoft. docs/microsoft.md says the same. */
export const microsoftSteps: GuideStep[] = [
  {
    name: () => <Trans>Account and tenant</Trans>,
    Content: Tenant,
    Done: () => (
      <Trans>
        Microsoft Entra shows the name of your organisation under Overview, and you know who may connect.
      </Trans>
    ),
    missed: [
      {
        code: 'AADSTS90002',
        Words: () => <Trans>There is no such tenant, or it is in another cloud.</Trans>,
      },
      { code: 'AADSTS50020', Words: () => <Trans>Somebody of another organisation tried to connect.</Trans> },
    ],
  },
  {
    name: () => <Trans>App registration</Trans>,
    Content: Registration,
    Done: () => (
      <Trans>
        The overview of your app shows an Application (client) ID, and Authentication lists the redirect URI
        under “Web”.
      </Trans>
    ),
    missed: [
      { code: 'AADSTS700016', Words: () => <Trans>The client ID is not known in this tenant.</Trans> },
      { code: 'AADSTS50011', Words: () => <Trans>The redirect URI differs, if only by a letter.</Trans> },
      { code: 'AADSTS9002325', Words: () => <Trans>The platform is “Single-page application”.</Trans> },
      { code: 'AADSTS700025', Words: () => <Trans>The platform is “Mobile and desktop”.</Trans> },
      {
        code: 'AADSTS50194',
        Words: () => <Trans>The app is for one organisation, but the tenant here is common.</Trans>,
      },
    ],
  },
  {
    name: () => <Trans>API permissions</Trans>,
    Content: Permissions,
    Done: () => (
      <Trans>All four stand in the list as “Delegated”. User.Read may stay; nothing else is needed.</Trans>
    ),
    missed: [
      { code: 'AADSTS65001', Words: () => <Trans>A permission is not granted yet.</Trans> },
      { code: 'AADSTS650057', Words: () => <Trans>The registration lacks a permission.</Trans> },
      {
        code: 'AADSTS70011',
        Words: () => <Trans>Scopes of Graph and of Outlook were asked for together.</Trans>,
      },
    ],
  },
  {
    name: () => <Trans>Client secret</Trans>,
    Content: ClientSecret,
    Done: () => <Trans>The value is in the field above, and its date is noted.</Trans>,
    missed: [
      {
        code: 'AADSTS7000215',
        Words: () => <Trans>It is not the value: often the Secret ID was copied.</Trans>,
      },
      { code: 'AADSTS7000222', Words: () => <Trans>The secret has expired.</Trans> },
      { code: 'AADSTS7000218', Words: () => <Trans>No secret was entered.</Trans> },
    ],
  },
  {
    name: () => <Trans>Admin consent</Trans>,
    Content: () => (
      <p>
        <Trans>
          Still under API permissions, press “Grant admin consent for …”. It takes an account that may approve
          applications. Without it each person is asked for consent, where your organisation allows that. For
          other organisations, save first: a link for their administrators is made in the provider’s settings.
        </Trans>
      </p>
    ),
    Done: () => <Trans>Each permission has a green mark and “Granted for …” behind it.</Trans>,
    missed: [
      {
        code: 'AADSTS90094',
        Words: () => <Trans>Only an administrator may approve these permissions.</Trans>,
      },
      { code: 'AADSTS65004', Words: () => <Trans>Somebody declined at the consent page.</Trans> },
    ],
  },
  {
    name: () => <Trans>Allow sending (SMTP AUTH)</Trans>,
    Content: SmtpAuth,
    Done: () => (
      <Trans>
        <Code>Get-TransportConfig | fl SmtpClientAuthenticationDisabled</Code> says False, or the mailbox has
        its own permission.
      </Trans>
    ),
    missed: [
      {
        code: '535 5.7.139',
        Words: () => <Trans>Sending is off for the organisation or the mailbox; reading works.</Trans>,
      },
    ],
  },
  {
    name: () => <Trans>System e-mail (optional)</Trans>,
    Content: SystemMail,
    Done: () => <Trans>Postroom’s own notices can be sent, and from the chosen mailboxes only.</Trans>,
    missed: [
      {
        code: 'ErrorAccessDenied',
        Words: () => <Trans>The sender is not among the chosen mailboxes.</Trans>,
      },
    ],
  },
  {
    name: () => <Trans>Test and save</Trans>,
    Content: () => (
      <p>
        <Trans>
          The test asks Microsoft whether it knows this registration, and both mail servers whether they take
          its sign-ins. When everything is green, save; then connect your own mailbox first.
        </Trans>
      </p>
    ),
  },
]
