import { Trans, useLingui } from '@lingui/react/macro'
import { Anchor, Code, PasswordInput, TextInput } from '@mantine/core'
import type { GuideStep } from './guides'
import { RedirectURI } from './RedirectURI'
import type { Form } from './values'

const consoleUrl = 'https://console.cloud.google.com/auth/overview'

/** How Postroom is registered at Google. docs/google.md says the same. */
export const googleSteps: GuideStep[] = [
  {
    name: () => <Trans>Project and audience</Trans>,
    Content: () => (
      <>
        <p>
          <Trans>
            Open{' '}
            <Anchor inherit underline="always" href={consoleUrl} target="_blank" rel="noreferrer">
              Google Auth Platform
            </Anchor>
            , make a project named Postroom, and fill in Branding. Under Audience choose “Internal” if all
            mailboxes belong to your Google Workspace; then Google asks for no review.
          </Trans>
        </p>
        <p>
          <Trans>
            “External” is for other accounts: up to 100 test users, whose connection ends after 7 days, until
            Google has reviewed the app.
          </Trans>
        </p>
      </>
    ),
    Done: () => <Trans>Audience says Internal, or lists the people who may try it.</Trans>,
    missed: [
      { code: 'access_denied', Words: () => <Trans>The person is not among the test users.</Trans> },
      { code: 'invalid_grant', Words: () => <Trans>After 7 days, while the app is in testing.</Trans> },
    ],
  },
  {
    name: () => <Trans>Gmail access</Trans>,
    Content: () => (
      <p>
        <Trans>
          Under Data Access add the scope <Code>https://mail.google.com/</Code>, and enable the Gmail API in
          the library of APIs. Postroom asks for it along with the address of the account, and for nothing
          else.
        </Trans>
      </p>
    ),
    Done: () => <Trans>The scope stands under “Your restricted scopes”.</Trans>,
    missed: [{ code: 'invalid_scope', Words: () => <Trans>The scope is missing or misspelt.</Trans> }],
  },
  {
    name: () => <Trans>OAuth client</Trans>,
    Content: Client,
    Done: () => <Trans>The client stands in the list as “Web application”.</Trans>,
    missed: [
      {
        code: 'redirect_uri_mismatch',
        Words: () => <Trans>The redirect URI differs, if only by a letter.</Trans>,
      },
      { code: 'invalid_client', Words: () => <Trans>Client ID or client secret is wrong.</Trans> },
    ],
  },
  {
    name: () => <Trans>Test and save</Trans>,
    Content: () => (
      <p>
        <Trans>
          The test asks Google whether it knows this client, and both mail servers whether they take its
          sign-ins. When everything is green, save; then connect your own mailbox first.
        </Trans>
      </p>
    ),
  },
]

function Client({ form }: { form: Form }) {
  const { t } = useLingui()
  return (
    <>
      <p>
        <Trans>
          Under Clients choose Create client, type “Web application”, and add the address below as an
          authorised redirect URI. Copy client ID and client secret here: the secret is shown only once.
        </Trans>
      </p>
      <RedirectURI />
      <TextInput label={t`Client ID`} autoComplete="off" {...form.getInputProps('clientId')} />
      <PasswordInput
        label={t`Client secret`}
        autoComplete="new-password"
        {...form.getInputProps('clientSecret')}
      />
    </>
  )
}
