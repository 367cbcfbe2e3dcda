import { Trans } from '@lingui/react/macro'
import { Button, Skeleton } from '@mantine/core'
import { IconMailPlus, IconSettings } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { useConnectable, useMailboxes } from '../../api/mailboxes'
import { useMe } from '../../api/session'
import type { Mailbox } from '../../api/types'
import { settingsPath } from '../../paths'
import { Broken } from '../../ui/Broken'
import { Empty } from '../../ui/Empty'
import { Panel } from '../settings/Panel'
import { ConnectButtons } from './ConnectButtons'
import { Disconnect } from './Disconnect'
import { MailboxCard } from './MailboxCard'
import { Outcome } from './Outcome'

/** Every connected mailbox, how it is, and the way to connect another. */
export function Mailboxes() {
  const mailboxes = useMailboxes()
  const providers = useConnectable()
  const { user } = useMe()
  // It stays while its dialog says what became of it, though its card may have gone already.
  const [leaving, setLeaving] = useState<Mailbox>()
  if (mailboxes.isPending || providers.isPending) return <Skeleton h={180} radius="lg" />
  if (!mailboxes.data) return <Broken error={mailboxes.error} retry={() => mailboxes.refetch()} />
  if (!providers.data) return <Broken error={providers.error} retry={() => providers.refetch()} />

  const none = mailboxes.data.length === 0
  const buttons = <ConnectButtons providers={providers.data} first={none} />
  return (
    <>
      <Outcome />
      {providers.data.length === 0 ? (
        <NoProvider admin={user.role === 'admin'} />
      ) : none ? (
        <Panel>
          <Empty
            icon={<IconMailPlus size={34} stroke={1.5} />}
            title={<Trans>Connect your first mailbox</Trans>}
            action={buttons}
          >
            <Trans>
              You sign in at your mail provider; Postroom never sees your password. Then your mail comes in,
              newest first, and you can read while the rest arrives.
            </Trans>
          </Empty>
        </Panel>
      ) : (
        <Panel
          title={<Trans>Connect another mailbox</Trans>}
          lead={<Trans>You sign in at your mail provider; Postroom never sees your password.</Trans>}
          actions={buttons}
        />
      )}
      {mailboxes.data.map((mailbox) => (
        <MailboxCard key={mailbox.id} mailbox={mailbox} onDisconnect={setLeaving} />
      ))}
      {leaving && <Disconnect key={leaving.id} mailbox={leaving} onClose={() => setLeaving(undefined)} />}
    </>
  )
}

function NoProvider({ admin }: { admin: boolean }) {
  if (!admin) {
    return (
      <Panel>
        <Empty icon={<IconSettings size={34} stroke={1.5} />} title={<Trans>Almost ready</Trans>}>
          <Trans>
            An administrator of this Postroom has to set up a mail provider first. Ask them; after that a
            button to connect your mailbox appears here.
          </Trans>
        </Empty>
      </Panel>
    )
  }
  return (
    <Panel>
      <Empty
        icon={<IconSettings size={34} stroke={1.5} />}
        title={<Trans>One thing first: a mail provider</Trans>}
        action={
          <Button component={Link} href={settingsPath('providers')} size="md">
            <Trans>Set up Outlook</Trans>
          </Button>
        }
      >
        <Trans>
          Tell Postroom about your app registration at Microsoft. It takes five short steps, and after that
          everybody here connects mailboxes with one button.
        </Trans>
      </Empty>
    </Panel>
  )
}
