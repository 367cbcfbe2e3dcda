import { Trans } from '@lingui/react/macro'
import { Button, Group } from '@mantine/core'
import {
  IconInbox,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugConnected,
  IconRefresh,
} from '@tabler/icons-react'
import { Link } from 'wouter'
import { usePause, useReconnect, useSyncNow } from '../../api/mailboxes'
import { problemOf } from '../../api/problem'
import type { Mailbox } from '../../api/types'
import { mailPath } from '../../paths'
import { Avatar } from '../../ui/Avatar'
import { complain } from '../../ui/toast'
import { inboxOf } from '../folders/roles'
import { ConnectionDetails } from './ConnectionDetails'
import classes from './MailboxCard.module.css'
import { StateLine } from './StateLine'
import { SyncProgress } from './SyncProgress'
import { Trouble } from './Trouble'
import { Vitals } from './Vitals'

const tell = { onError: (error: unknown) => complain(problemOf(error)) }

type Props = { mailbox: Mailbox; onDisconnect: (mailbox: Mailbox) => void }

export function MailboxCard({ mailbox, onDisconnect }: Props) {
  const sync = useSyncNow()
  const pause = usePause()
  const paused = mailbox.state === 'paused'
  const reconnect = useReconnect()
  const inbox = inboxOf(mailbox)
  const { id, address, state } = mailbox
  const off = state === 'disconnected'
  const broken = state === 'needs_you' || off

  return (
    <section className={classes.card} aria-label={address} data-mailbox={id} data-state={state}>
      <div className={classes.head}>
        <Avatar name={mailbox.displayName} addr={address} size={44} />
        <div className={classes.words}>
          <h2 className={classes.address}>{address}</h2>
          <StateLine mailbox={mailbox} />
        </div>
      </div>
      <Trouble mailbox={mailbox} />
      {state === 'syncing' && <SyncProgress sync={mailbox.sync} />}
      <Vitals mailbox={mailbox} />
      <Group gap="xs">
        {inbox && (
          <Button
            component={Link}
            href={mailPath(inbox.id)}
            variant="light"
            size="xs"
            leftSection={<IconInbox size={15} />}
          >
            <Trans>Open</Trans>
          </Button>
        )}
        <Button
          variant={broken ? 'filled' : 'default'}
          size="xs"
          leftSection={<IconPlugConnected size={15} />}
          loading={reconnect.isPending || reconnect.isSuccess}
          onClick={() => reconnect.mutate(id, tell)}
        >
          <Trans>Reconnect</Trans>
        </Button>
        {!paused && !off && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconRefresh size={15} />}
            loading={sync.isPending}
            onClick={() => sync.mutate(id, tell)}
          >
            <Trans>Sync now</Trans>
          </Button>
        )}
        {!broken && (
          <Button
            variant={paused ? 'filled' : 'default'}
            size="xs"
            leftSection={paused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
            loading={pause.isPending}
            onClick={() => pause.mutate({ id, pause: !paused }, tell)}
          >
            {paused ? <Trans>Go on</Trans> : <Trans>Pause</Trans>}
          </Button>
        )}
        <span className={classes.space} />
        <Button variant="subtle" color="red" size="xs" onClick={() => onDisconnect(mailbox)}>
          {off ? <Trans>Delete its mail</Trans> : <Trans>Disconnect</Trans>}
        </Button>
      </Group>
      <ConnectionDetails mailbox={mailbox} />
    </section>
  )
}
