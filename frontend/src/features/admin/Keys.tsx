import { msg } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Alert, Badge, Code, Progress, Skeleton } from '@mantine/core'
import { IconAlertTriangle, IconKey } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useKeyRing } from '../../api/keyring'
import type { Key, KeyRing } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { CopyButton } from '../../ui/CopyButton'
import { Panel } from '../settings/Panel'
import classes from './Keys.module.css'
import './keysCss'

const kinds = {
  'mailboxes.grant': msg`Mailboxes`,
  'mailboxes.access': msg`Access tokens`,
  'providers.client_secret': msg`Client secrets`,
  'providers.second_secret': msg`Second client secrets`,
  'authorizations.verifier': msg`Sign-ins under way`,
  'sealed_settings.value': msg`Settings`,
  'senders.secret_sealed': msg`System mail`,
  'notices.link_sealed': msg`Links in mails to be sent`,
  'attempts.held': msg`Mailboxes being connected`,
  'sign_in_providers.client_secret': msg`Client secrets for signing in`,
  'sign_in_trips.verifier': msg`Trips to sign in`,
  'authenticators.secret': msg`Authenticator apps`,
}

/** The keys that seal tokens and secrets: which there are, what they seal, and what to do with them. */
export function Keys() {
  const ring = useKeyRing()
  if (ring.isPending) return <Skeleton h={180} radius="lg" />
  if (!ring.data) return <Broken error={ring.error} retry={() => ring.refetch()} />
  return (
    <>
      <Panel
        title={<Trans>Keys</Trans>}
        lead={
          <Trans>
            Tokens and secrets are stored sealed. The keys lie in a file of their own, apart from the
            database: without it every mailbox has to be connected again. Back it up, in another place than
            the database’s backup.
          </Trans>
        }
      >
        <Trouble ring={ring.data} />
        <ul className={classes.list}>
          {ring.data.keys.map((key) => (
            <OneKey key={key.id} of={key} />
          ))}
        </ul>
        <Moved ring={ring.data} />
      </Panel>
      <Steps />
    </>
  )
}

function Trouble({ ring }: { ring: KeyRing }) {
  if (!ring.refused) return null
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle size={18} />}
      title={<Trans>The new key file is not used</Trans>}
    >
      <Trans>Postroom goes on with the one before it. The reason:</Trans> {ring.refused}
    </Alert>
  )
}

function OneKey({ of: key }: { of: Key }) {
  const { t } = useLingui()
  return (
    <li className={classes.key}>
      <IconKey size={20} />
      <div className={classes.words}>
        <span className={classes.name}>
          <Trans>Key {key.id}</Trans>
        </span>
        <span className={classes.detail}>
          {key.kinds.length === 0 && key.primary ? (
            <Trans>Seals nothing yet.</Trans>
          ) : key.kinds.length === 0 ? (
            <Trans>Seals nothing. It may be forgotten when no backup needs it.</Trans>
          ) : (
            key.kinds
              .map((k) => `${k.kind in kinds ? t(kinds[k.kind as keyof typeof kinds]) : k.what}: ${k.count}`)
              .join(' · ')
          )}
        </span>
      </div>
      {key.primary && (
        <Badge variant="light">
          <Trans>Seals what is new</Trans>
        </Badge>
      )}
      {!key.inFile && (
        <Badge variant="light" color="red">
          <Trans>Not in the key file</Trans>
        </Badge>
      )}
    </li>
  )
}

/** How much is under the primary key; nothing to say when all is. */
function Moved({ ring }: { ring: KeyRing }) {
  const { t } = useLingui()
  if (ring.done === ring.total) return null
  return (
    <div className={classes.moved}>
      <Progress value={(100 * ring.done) / ring.total} aria-label={t`Under the newest key`} />
      <span className={classes.detail} role="status">
        <Plural
          value={ring.total}
          one={`${ring.done} of # secret is under the newest key.`}
          other={`${ring.done} of # secrets are under the newest key.`}
        />
      </span>
    </div>
  )
}

function Steps() {
  return (
    <Panel
      title={<Trans>To replace the key</Trans>}
      lead={
        <Trans>
          On the machine that runs Postroom, while it runs. With several copies of Postroom, copy the key file
          to all of them after each of the first two steps.
        </Trans>
      }
    >
      <ol className={classes.steps}>
        <Step command="postroom secrets add">
          <Trans>Makes a new key. It opens, but seals nothing yet.</Trans>
        </Step>
        <Step command="postroom secrets primary KEY">
          <Trans>Lets the new key seal everything that is new.</Trans>
        </Step>
        <Step command="postroom secrets rotate">
          <Trans>Seals everything else anew. It may be stopped and begun again.</Trans>
        </Step>
        <Step command="postroom secrets status --check">
          <Trans>Opens every value once and says whether all is well.</Trans>
        </Step>
        <Step command="postroom secrets forget KEY">
          <Trans>
            Takes the old key out of the file. Keep a copy as long as there are backups that need it.
          </Trans>
        </Step>
      </ol>
    </Panel>
  )
}

function Step({ command, children }: { command: string; children: ReactNode }) {
  return (
    <li>
      <span className={classes.command}>
        <Code>{command}</Code>
        <CopyButton text={command} />
      </span>
      <span className={classes.detail}>{children}</span>
    </li>
  )
}
