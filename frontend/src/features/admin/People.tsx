import { Trans, useLingui } from '@lingui/react/macro'
import { Badge, Button, Menu, Skeleton } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useChangePerson, usePeople } from '../../api/people'
import { problemOf } from '../../api/problem'
import { useMe } from '../../api/session'
import type { User } from '../../api/types'
import { Avatar } from '../../ui/Avatar'
import { Broken } from '../../ui/Broken'
import { complain } from '../../ui/toast'
import { Panel } from '../settings/Panel'
import { AddPerson } from './AddPerson'
import { NewPassword } from './NewPassword'
import classes from './People.module.css'

/** Who may sign in here. */
export function People() {
  const people = usePeople()
  const [adding, setAdding] = useState(false)
  if (people.isPending) return <Skeleton h={180} radius="lg" />
  if (!people.data) return <Broken error={people.error} retry={() => people.refetch()} />
  return (
    <Panel
      title={<Trans>People</Trans>}
      lead={
        <Trans>Everybody has mailboxes of their own. Administrators do not see other people’s mail.</Trans>
      }
      actions={
        <Button leftSection={<IconUserPlus size={17} />} onClick={() => setAdding(true)}>
          <Trans>Add somebody</Trans>
        </Button>
      }
    >
      <ul className={classes.list}>
        {people.data.map((user) => (
          <Person key={user.id} user={user} />
        ))}
      </ul>
      <AddPerson opened={adding} onClose={() => setAdding(false)} />
    </Panel>
  )
}

function Person({ user }: { user: User }) {
  const { t } = useLingui()
  const me = useMe().user
  const change = useChangePerson()
  const [renewing, setRenewing] = useState(false)
  const set = (part: Partial<Pick<User, 'role' | 'disabled'>>) =>
    change.mutate({ id: user.id, ...part }, { onError: (error) => complain(problemOf(error)) })
  const mine = user.id === me.id
  return (
    <li className={classes.person} data-disabled={user.disabled || undefined}>
      <Avatar name={user.name} addr={user.email} />
      <div className={classes.words}>
        <span className={classes.name}>{user.name}</span>
        <span className={classes.email}>{user.email}</span>
      </div>
      {user.role === 'admin' && (
        <Badge variant="light">
          <Trans>Administrator</Trans>
        </Badge>
      )}
      {user.disabled && (
        <Badge variant="light" color="red">
          <Trans>Disabled</Trans>
        </Badge>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" size="xs" loading={change.isPending} aria-label={t`Change ${user.name}`}>
            <Trans>Change</Trans>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setRenewing(true)}>
            <Trans>Set a new password</Trans>
          </Menu.Item>
          {user.role === 'admin' ? (
            <Menu.Item onClick={() => set({ role: 'member' })}>
              <Trans>Make a member</Trans>
            </Menu.Item>
          ) : (
            <Menu.Item onClick={() => set({ role: 'admin' })}>
              <Trans>Make an administrator</Trans>
            </Menu.Item>
          )}
          {user.disabled ? (
            <Menu.Item onClick={() => set({ disabled: false })}>
              <Trans>Enable</Trans>
            </Menu.Item>
          ) : (
            <Menu.Item color="red" disabled={mine} onClick={() => set({ disabled: true })}>
              <Trans>Disable: sign out and keep out</Trans>
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <NewPassword user={user} opened={renewing} onClose={() => setRenewing(false)} />
    </li>
  )
}
