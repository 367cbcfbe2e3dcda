import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon } from '@mantine/core'
import { IconAlertOctagon, IconArchive, IconFolderSymlink, IconInbox, IconTrash } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { ActKind } from '../../api/actions'
import { useMailboxes } from '../../api/mailboxes'
import type { Row } from '../../api/types'
import { useActions } from '../../ui/actions'
import { tip } from '../../ui/tip'
import { findFolder, folderWith } from '../folders/roles'

const MoveMenu = lazy(() => import('./MoveMenu'))
const Confirm = lazy(() => import('../../ui/Confirm'))

type Props = {
  rows: Row[]
  onLeave: (kind: ActKind, folder?: string) => void
}

/** Archive, delete, junk and move: the acts that take mails out of the folder. */
export function LeaveButtons({ rows, onLeave }: Props) {
  const { t } = useLingui()
  const [asking, setAsking] = useState(false)
  const [moving, setMoving] = useState(false)
  const { mailbox, folder } = findFolder(useMailboxes().data, rows[0]?.folder ?? '') ?? {}
  const role = folder?.role
  const inbox = folderWith(mailbox, 'inbox')

  const archive = () => onLeave('archive')
  const toInbox = () => inbox && onLeave('move', inbox.id)
  const remove = () => (role === 'trash' ? setAsking(true) : onLeave('trash'))
  const junk = () => (role === 'junk' ? toInbox() : onLeave('junk'))
  const back = role === 'archive' || role === 'trash'
  const first = back
    ? { label: t`Move to the inbox`, run: toInbox, icon: <IconInbox size={19} stroke={1.7} /> }
    : { label: t`Archive`, run: archive, icon: <IconArchive size={19} stroke={1.7} /> }
  const buttons = [
    { id: 'archive', keys: 'e', ...first },
    {
      id: 'delete',
      keys: '# Delete',
      label: role === 'trash' ? t`Delete for good` : t`Delete`,
      run: remove,
      icon: <IconTrash size={19} stroke={1.7} />,
    },
    {
      id: 'junk',
      keys: undefined,
      label: role === 'junk' ? t`Not junk: back to the inbox` : t`Junk`,
      run: junk,
      icon:
        role === 'junk' ? <IconInbox size={19} stroke={1.7} /> : <IconAlertOctagon size={19} stroke={1.7} />,
    },
  ]
  useActions([
    ...buttons,
    { id: 'move', keys: 'v', icon: <IconFolderSymlink />, label: t`Move to …`, run: () => setMoving(true) },
  ])

  return (
    <>
      {buttons.map(({ id, label, icon, run, keys }) => (
        <ActionIcon key={id} onClick={run} {...tip(label, keys)}>
          {icon}
        </ActionIcon>
      ))}
      <Suspense
        fallback={
          <ActionIcon {...tip(t`Move to …`, 'v')}>
            <IconFolderSymlink size={19} stroke={1.7} />
          </ActionIcon>
        }
      >
        <MoveMenu
          mailbox={mailbox}
          from={folder?.id}
          opened={moving}
          onChange={setMoving}
          onMove={(folder) => onLeave('move', folder)}
        />
      </Suspense>
      <Suspense fallback={null}>
        {asking && (
          <Confirm
            opened
            title={<Trans>Delete for good?</Trans>}
            yes={<Trans>Delete for good</Trans>}
            danger
            onYes={() => {
              setAsking(false)
              onLeave('delete')
            }}
            onNo={() => setAsking(false)}
          >
            <Trans>It is removed from the mail server too, and nobody can bring it back.</Trans>
          </Confirm>
        )}
      </Suspense>
    </>
  )
}
