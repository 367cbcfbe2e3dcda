import { useLingui } from '@lingui/react/macro'
import { useMantineColorScheme } from '@mantine/core'
import {
  IconAdjustments,
  IconInbox,
  IconMailbox,
  IconMoon,
  IconPencil,
  IconSend,
  IconSun,
} from '@tabler/icons-react'
import { useLocation } from 'wouter'
import { useMailboxes } from '../../api/mailboxes'
import { mailPath, routes, settingsPath } from '../../paths'
import { type Action, useActions } from '../../ui/actions'
import { undoNow } from '../../ui/toast'
import { useCompose } from '../compose/Desk'
import { RoleIcon } from '../folders/RoleIcon'
import { folderName, sorted } from '../folders/roles'

/** The actions that are there on every page. */
export function ShellActions() {
  const { t } = useLingui()
  const [, go] = useLocation()
  const compose = useCompose()
  const mailboxes = useMailboxes().data ?? []
  const { setColorScheme } = useMantineColorScheme()

  const folders = mailboxes.flatMap((box) =>
    sorted(box.folders).map(
      (folder): Action => ({
        id: `go-${folder.id}`,
        label: mailboxes.length > 1 ? `${folderName(folder)} – ${box.address}` : folderName(folder),
        icon: <RoleIcon role={folder.role} />,
        run: () => go(mailPath(folder.id)),
      }),
    ),
  )
  useActions([
    { id: 'compose', label: t`Write a mail`, keys: 'c', icon: <IconPencil />, run: () => compose.open() },
    { id: 'home', label: t`Go to the inbox`, icon: <IconInbox />, run: () => go('/') },
    { id: 'outbox', label: t`Go to the outbox`, icon: <IconSend />, run: () => go(routes.outbox) },
    { id: 'mailboxes', label: t`Mailboxes`, icon: <IconMailbox />, run: () => go(settingsPath('mailboxes')) },
    {
      id: 'preferences',
      label: t`Preferences`,
      icon: <IconAdjustments />,
      run: () => go(settingsPath('preferences')),
    },
    { id: 'light', label: t`Light colours`, icon: <IconSun />, run: () => setColorScheme('light') },
    { id: 'dark', label: t`Dark colours`, icon: <IconMoon />, run: () => setColorScheme('dark') },
    { id: 'undo', label: t`Undo`, keys: 'z', run: undoNow, quiet: true },
    ...folders,
  ])
  return null
}
