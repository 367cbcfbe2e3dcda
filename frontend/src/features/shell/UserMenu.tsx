import '../../ui/menuCss'
import { Trans, useLingui } from '@lingui/react/macro'
import { Menu, useMantineColorScheme } from '@mantine/core'
import {
  IconAdjustments,
  IconCheck,
  IconDeviceDesktop,
  IconKey,
  IconLogout,
  IconMailbox,
  IconMoon,
  IconSun,
  IconUser,
  IconUsers,
} from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { useMe, useSignOut } from '../../api/session'
import { settingsPath } from '../../paths'
import Confirm from '../../ui/Confirm'
import { forget, kept } from '../compose/keep'
import { PersonButton } from './PersonButton'

/** Who is signed in, and everything that is about them rather than about a mail. */
export default function UserMenu({ onGo }: { onGo?: () => void }) {
  const { t } = useLingui()
  const { user } = useMe()
  const signOut = useSignOut()
  const [asking, setAsking] = useState(false)
  const drafts = () => kept(user.id).length
  // Another person may sit here next: what was written does not stay behind.
  const leave = () => {
    for (const { draft } of kept(user.id)) forget(user.id, draft.id)
    signOut.mutate()
  }
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const schemes = [
    { value: 'light', label: t`Light`, icon: <IconSun size={16} /> },
    { value: 'dark', label: t`Dark`, icon: <IconMoon size={16} /> },
    { value: 'auto', label: t`As the system`, icon: <IconDeviceDesktop size={16} /> },
  ] as const

  return (
    <>
      <Menu position="top-start" width={240}>
        <Menu.Target>
          <PersonButton user={user} />
        </Menu.Target>
        <Menu.Dropdown onClick={onGo}>
          <Menu.Item
            component={Link}
            href={settingsPath('mailboxes')}
            leftSection={<IconMailbox size={16} />}
          >
            <Trans>Mailboxes</Trans>
          </Menu.Item>
          <Menu.Item
            component={Link}
            href={settingsPath('preferences')}
            leftSection={<IconAdjustments size={16} />}
          >
            <Trans>Preferences</Trans>
          </Menu.Item>
          <Menu.Item component={Link} href={settingsPath('account')} leftSection={<IconUser size={16} />}>
            <Trans>Account</Trans>
          </Menu.Item>
          {user.role !== 'member' && (
            <Menu.Item component={Link} href={settingsPath('people')} leftSection={<IconUsers size={16} />}>
              <Trans>People</Trans>
            </Menu.Item>
          )}
          {user.role === 'admin' && (
            <Menu.Item component={Link} href={settingsPath('providers')} leftSection={<IconKey size={16} />}>
              <Trans>Providers</Trans>
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Label>
            <Trans>Colours</Trans>
          </Menu.Label>
          {schemes.map(({ value, label, icon }) => (
            <Menu.Item
              key={value}
              leftSection={icon}
              rightSection={colorScheme === value && <IconCheck size={16} aria-label={t`chosen`} />}
              onClick={() => setColorScheme(value)}
            >
              {label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconLogout size={16} />}
            onClick={() => (drafts() > 0 ? setAsking(true) : leave())}
          >
            <Trans>Sign out</Trans>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asking}
        title={<Trans>Sign out and discard what you were writing?</Trans>}
        yes={<Trans>Sign out</Trans>}
        danger
        onYes={leave}
        onNo={() => setAsking(false)}
      >
        <Trans>
          A mail that is not sent yet is kept in this browser only, and is removed when you sign out.
        </Trans>
      </Confirm>
    </>
  )
}
