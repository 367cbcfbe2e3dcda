import '../../ui/menuCss'
import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Menu } from '@mantine/core'
import { IconFolderSymlink } from '@tabler/icons-react'
import type { Mailbox } from '../../api/types'
import { tip } from '../../ui/tip'
import { RoleIcon } from '../folders/RoleIcon'
import { depth, folderName, sorted } from '../folders/roles'
import classes from './MoveMenu.module.css'

type Props = {
  mailbox?: Mailbox
  from?: string
  opened: boolean
  onChange: (opened: boolean) => void
  onMove: (folder: string) => void
}

/** The folders of the mail's own mailbox, to move it to. */
export default function MoveMenu({ mailbox, from, opened, onChange, onMove }: Props) {
  const { t } = useLingui()
  return (
    <Menu opened={opened} onChange={onChange} width={250} position="bottom-end">
      <Menu.Target>
        <ActionIcon {...tip(t`Move to …`, 'v')}>
          <IconFolderSymlink size={19} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown className={classes.list}>
        {sorted(mailbox?.folders ?? []).map((folder) => (
          <Menu.Item
            key={folder.id}
            disabled={folder.id === from}
            leftSection={<RoleIcon role={folder.role} size={16} />}
            style={{ paddingInlineStart: 12 + depth(folder) * 14 }}
            onClick={() => onMove(folder.id)}
          >
            {folderName(folder)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
