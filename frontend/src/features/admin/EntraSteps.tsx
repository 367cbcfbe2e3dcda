import { Trans } from '@lingui/react/macro'
import { Anchor, Code } from '@mantine/core'
import { useMe } from '../../api/session'
import { CopyButton } from '../../ui/CopyButton'
import { Panel } from '../settings/Panel'
import classes from './EntraSteps.module.css'

const portal = 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade'

/** How Postroom is registered at Microsoft, in five steps. */
export function EntraSteps() {
  const { redirectUri } = useMe()
  return (
    <Panel title={<Trans>Register Postroom at Microsoft, once</Trans>}>
      <ol className={classes.steps}>
        <li>
          <Trans>
            Open{' '}
            <Anchor inherit href={portal} target="_blank" rel="noreferrer">
              App registrations in Microsoft Entra
            </Anchor>{' '}
            and choose New registration. Name it Postroom; choose who may use it.
          </Trans>
        </li>
        <li>
          <Trans>As redirect URI choose the platform Web and enter exactly:</Trans>
          <div className={classes.copy}>
            <Code className={classes.code}>{redirectUri}</Code>
            <CopyButton text={redirectUri} />
          </div>
        </li>
        <li>
          <Trans>
            Under Certificates &amp; secrets make a client secret. Copy its Value, not its Secret ID: it is
            shown only once.
          </Trans>
        </li>
        <li>
          <Trans>
            Under API permissions add, from Office 365 Exchange Online or Microsoft Graph, the delegated
            permissions <Code>IMAP.AccessAsUser.All</Code>, <Code>SMTP.Send</Code> and{' '}
            <Code>offline_access</Code>.
          </Trans>
        </li>
        <li>
          <Trans>
            Copy Application (client) ID and Directory (tenant) ID from the overview into the form below, with
            the secret. For accounts of any organisation leave <Code>common</Code> as the tenant.
          </Trans>
        </li>
      </ol>
    </Panel>
  )
}
