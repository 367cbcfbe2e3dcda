import { Trans, useLingui } from '@lingui/react/macro'
import { Badge, Button, Group, Menu } from '@mantine/core'
import { useState } from 'react'
import { useChangePerson, useRemovePerson, useResetFactors, useResetLink } from '../../api/people'
import { problemOf } from '../../api/problem'
import { useMe } from '../../api/session'
import type { User } from '../../api/types'
import { Avatar } from '../../ui/Avatar'
import Confirm from '../../ui/Confirm'
import { Dialog } from '../../ui/Dialog'
import { complain, say } from '../../ui/toast'
import classes from './People.module.css'
import { RoleChoice, roleNames } from './roles'
import { SecretLink } from './SecretLink'

type Doing = 'role' | 'disable' | 'factors' | 'remove'

/** One line of the people, with what an administrator can do. */
export function Person({ user }: { user: User }) {
  const { t } = useLingui()
  const me = useMe().user
  const change = useChangePerson()
  const link = useResetLink()
  const factors = useResetFactors()
  const remove = useRemovePerson()
  const [doing, setDoing] = useState<Doing>()
  const done = () => setDoing(undefined)
  const onError = (error: Error) => complain(problemOf(error))
  const set = (part: Partial<Pick<User, 'role' | 'disabled'>>) => {
    done()
    change.mutate({ id: user.id, ...part }, { onError })
  }
  const mine = user.id === me.id
  const busy = change.isPending || link.isPending || factors.isPending || remove.isPending
  return (
    <li className={classes.person} data-disabled={user.disabled || undefined}>
      <Avatar name={user.name} addr={user.email} />
      <div className={classes.words}>
        <span className={classes.name}>{user.name}</span>
        <span className={classes.email}>{user.email}</span>
      </div>
      <Group gap={6}>
        {user.secondFactor && (
          <Badge variant="light">
            <Trans>Two steps</Trans>
          </Badge>
        )}
        {user.role !== 'member' && <Badge variant="light">{t(roleNames[user.role])}</Badge>}
        {user.disabled && (
          <Badge variant="light" color="red">
            <Trans>Disabled</Trans>
          </Badge>
        )}
      </Group>
      {me.role === 'admin' && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" size="xs" loading={busy} aria-label={t`Change ${user.name}`}>
              <Trans>Change</Trans>
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setDoing('role')}>
              <Trans>Role…</Trans>
            </Menu.Item>
            <Menu.Item disabled={user.disabled} onClick={() => link.mutate(user.id, { onError })}>
              <Trans>Link for a new password</Trans>
            </Menu.Item>
            <Menu.Item onClick={() => setDoing('factors')}>
              <Trans>Reset second step and passkeys…</Trans>
            </Menu.Item>
            <Menu.Divider />
            {user.disabled ? (
              <Menu.Item onClick={() => set({ disabled: false })}>
                <Trans>Enable</Trans>
              </Menu.Item>
            ) : (
              <Menu.Item color="red" disabled={mine} onClick={() => setDoing('disable')}>
                <Trans>Disable…</Trans>
              </Menu.Item>
            )}
            <Menu.Item color="red" disabled={mine} onClick={() => setDoing('remove')}>
              <Trans>Remove…</Trans>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {doing === 'role' && <RoleDialog user={user} onClose={done} onChoose={(role) => set({ role })} />}
      <Confirm
        opened={doing === 'disable'}
        title={t`Disable ${user.name}?`}
        yes={<Trans>Disable</Trans>}
        danger
        onYes={() => set({ disabled: true })}
        onNo={done}
      >
        <Trans>
          They are signed out everywhere and cannot sign in again in any way. Their mailboxes rest within a
          minute. Nothing is deleted, and you can enable them again.
        </Trans>
      </Confirm>
      <Confirm
        opened={doing === 'factors'}
        title={t`Reset how ${user.name} proves who they are?`}
        yes={<Trans>Reset</Trans>}
        danger
        onYes={() => {
          done()
          factors.mutate(user.id, {
            onError,
            onSuccess: () => say(t`${user.name} signs in with the password alone now.`),
          })
        }}
        onNo={done}
      >
        <Trans>
          Their authenticator app, recovery codes and passkeys count no longer, and they are signed out
          everywhere. Do this when a device is lost, and when you are sure who is asking.
        </Trans>
      </Confirm>
      <Confirm
        opened={doing === 'remove'}
        title={t`Remove ${user.name}?`}
        yes={<Trans>Remove for good</Trans>}
        danger
        onYes={() => {
          done()
          remove.mutate(user.id, { onError, onSuccess: () => say(t`${user.name} is removed.`) })
        }}
        onNo={done}
      >
        <Trans>
          Their mailboxes are disconnected, and the mail that was copied here is deleted with everything that
          was on its way. The mail on their own servers stays as it is. This cannot be taken back.
        </Trans>
      </Confirm>
      {link.data && (
        <SecretLink title={t`A new password for ${user.name}`} url={link.data.url} onClose={link.reset}>
          {link.data.mailed ? (
            <Trans>
              The link is on its way by mail. It counts once and for an hour, and is shown this once.
            </Trans>
          ) : (
            <Trans>Give them this link. It counts once and for an hour, and is shown this once.</Trans>
          )}
        </SecretLink>
      )}
    </li>
  )
}

type RoleProps = { user: User; onClose: () => void; onChoose: (role: User['role']) => void }

function RoleDialog({ user, onClose, onChoose }: RoleProps) {
  const { t } = useLingui()
  const [role, setRole] = useState(user.role)
  return (
    <Dialog opened onClose={onClose} title={t`What ${user.name} may do`}>
      <RoleChoice value={role} onChange={setRole} />
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button onClick={() => onChoose(role)}>
          <Trans>Save</Trans>
        </Button>
      </Group>
    </Dialog>
  )
}
