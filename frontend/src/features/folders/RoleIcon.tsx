import {
  IconAlertOctagon,
  IconArchive,
  IconFolder,
  IconInbox,
  IconNote,
  IconSend2,
  IconTrash,
} from '@tabler/icons-react'
import type { Role } from '../../api/types'

const icons = {
  '': IconFolder,
  inbox: IconInbox,
  drafts: IconNote,
  sent: IconSend2,
  archive: IconArchive,
  junk: IconAlertOctagon,
  trash: IconTrash,
}

export function RoleIcon({ role, size = 18 }: { role: Role; size?: number }) {
  const Icon = icons[role] ?? IconFolder
  return <Icon size={size} stroke={1.7} />
}
