import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Skeleton, TextInput } from '@mantine/core'
import { IconMailOff, IconRefresh, IconSearch } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useFleet, useSyncTheirs } from '../../api/fleet'
import { problemOf } from '../../api/problem'
import type { FleetMailbox } from '../../api/types'
import { Avatar } from '../../ui/Avatar'
import { Broken } from '../../ui/Broken'
import { Empty } from '../../ui/Empty'
import { Who } from '../../ui/ProblemNotice'
import { ago } from '../../ui/time'
import { complain } from '../../ui/toast'
import { useNow } from '../../ui/useNow'
import { type State, tones } from '../connect/states'
import { Panel } from '../settings/Panel'
import classes from './Fleet.module.css'

type Condition = 'all' | 'needs' | 'waits' | 'well' | 'rests'

const conditionOf = (state: State): Condition => {
  if (state.startsWith('needs_')) return 'needs'
  if (state === 'throttled' || state === 'offline' || state === 'connecting') return 'waits'
  if (state === 'paused' || state === 'disconnected') return 'rests'
  return 'well'
}

const matches = (box: FleetMailbox, words: string) =>
  [box.address, box.ownerName, box.ownerEmail, box.providerName, box.title ?? '']
    .join(' ')
    .toLowerCase()
    .includes(words.trim().toLowerCase())

/** Every mailbox of this Postroom and how it fares. Nobody's mail is shown here. */
export function Fleet() {
  const { t } = useLingui()
  const fleet = useFleet()
  const [group, setGroup] = useState<Condition>('all')
  const [words, setWords] = useState('')
  if (fleet.isPending) return <Skeleton h={180} radius="lg" />
  if (!fleet.data) return <Broken error={fleet.error} retry={() => fleet.refetch()} />

  const found = fleet.data.filter((box) => matches(box, words))
  const shown = found.filter((box) => group === 'all' || conditionOf(box.state) === group)
  const names: [Condition, ReactNode][] = [
    ['all', <Trans key="all">All</Trans>],
    ['needs', <Trans key="needs">Need somebody</Trans>],
    ['waits', <Trans key="waits">Waiting</Trans>],
    ['well', <Trans key="well">Well</Trans>],
    ['rests', <Trans key="rests">Paused</Trans>],
  ]
  return (
    <Panel
      title={<Trans>All mailboxes</Trans>}
      lead={
        <Trans>
          How the mailboxes of everybody here fare. Mail is seen by its owner only, never from here.
        </Trans>
      }
    >
      <TextInput
        type="search"
        aria-label={t`Search mailboxes`}
        placeholder={t`Address, person, provider or problem`}
        leftSection={<IconSearch size={16} />}
        value={words}
        onChange={(e) => setWords(e.currentTarget.value)}
      />
      <Group gap={6} role="group" aria-label={t`Show`}>
        {names.map(([name, label]) => (
          <Button
            key={name}
            size="compact-sm"
            variant={group === name ? 'filled' : 'default'}
            aria-pressed={group === name}
            onClick={() => setGroup(name)}
          >
            {label}&nbsp;{found.filter((box) => name === 'all' || conditionOf(box.state) === name).length}
          </Button>
        ))}
      </Group>
      {shown.length === 0 ? (
        <Empty icon={<IconMailOff size={30} stroke={1.5} />} title={<Trans>No mailbox here</Trans>}>
          {fleet.data.length === 0 ? (
            <Trans>As soon as somebody connects a mailbox, it appears here.</Trans>
          ) : (
            <Trans>None is like that. Search for something else, or show all.</Trans>
          )}
        </Empty>
      ) : (
        <ul className={classes.list}>
          {shown.map((box) => (
            <Line key={box.id} box={box} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Line({ box }: { box: FleetMailbox }) {
  const { t, i18n } = useLingui()
  const now = useNow(30_000)
  const sync = useSyncTheirs()
  const when = (at: number) => (at ? ago(at, now, i18n.locale) : t`never`)
  const resting = conditionOf(box.state) === 'rests'
  return (
    <li className={classes.line} data-fleet={box.id} data-state={box.state}>
      <Avatar name={box.ownerName} addr={box.address} />
      <div className={classes.words}>
        <span className={classes.address}>{box.address}</span>
        <span className={classes.dim}>
          {box.ownerName} · {box.ownerEmail} · {box.providerName}
          {box.ownerDisabled && (
            <>
              {' · '}
              <Trans>owner disabled</Trans>
            </>
          )}
        </span>
        <span className={classes.state} data-tone={tones[box.state]}>
          <span className={classes.dot} aria-hidden />
          <StateWords state={box.state} /> · {when(box.stateSince)}
        </span>
        {box.title && (
          <span className={classes.problem}>
            {box.title}
            {box.who && (
              <span className={classes.dim}>
                {' '}
                <Who who={box.who} />
              </span>
            )}
          </span>
        )}
        <span className={classes.dim}>
          <Trans>
            In step {when(box.lastSyncAt)} · last mail {when(box.lastMailAt)} ·{' '}
            {box.messages.toLocaleString(i18n.locale)} mails here
          </Trans>
          {box.waiting > 0 && (
            <>
              {' · '}
              <Trans>{box.waiting} not sent yet</Trans>
            </>
          )}
          {box.silentSince > 0 && (
            <>
              {' · '}
              <Trans>unusually quiet</Trans>
            </>
          )}
        </span>
      </div>
      {!resting && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={15} />}
          loading={sync.isPending}
          aria-label={t`Sync ${box.address} now`}
          onClick={() => sync.mutate(box.id, { onError: (error) => complain(problemOf(error)) })}
        >
          <Trans>Sync now</Trans>
        </Button>
      )}
    </li>
  )
}

function StateWords({ state }: { state: State }) {
  const words: Record<State, ReactNode> = {
    connecting: <Trans>Connecting</Trans>,
    syncing: <Trans>Fetching mail</Trans>,
    connected: <Trans>Connected</Trans>,
    receive_only: <Trans>Receives, cannot send</Trans>,
    throttled: <Trans>Asked to wait</Trans>,
    offline: <Trans>Their side away</Trans>,
    needs_you: <Trans>Needs its owner</Trans>,
    needs_admin: <Trans>Needs the owner’s administrator</Trans>,
    needs_operator: <Trans>Needs whoever runs this Postroom</Trans>,
    paused: <Trans>Paused</Trans>,
    disconnected: <Trans>Disconnected</Trans>,
  }
  return words[state]
}
