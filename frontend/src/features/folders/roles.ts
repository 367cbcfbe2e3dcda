// What folders are for, and the order in which people look for them.
import { t } from '@lingui/core/macro'
import type { Folder, Mailbox, Role } from '../../api/types'

const order: Role[] = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash']

/** The name for people: in their language when the folder has a role, else the server's. */
export function folderName(folder: Pick<Folder, 'role' | 'name'>): string {
  switch (folder.role) {
    case 'inbox':
      return t`Inbox`
    case 'drafts':
      return t`Drafts`
    case 'sent':
      return t`Sent`
    case 'archive':
      return t`Archive`
    case 'junk':
      return t`Junk`
    case 'trash':
      return t`Deleted`
    default:
      return folder.name
  }
}

/** Folders with a role first, in the usual order; then the others by path, as a tree reads. */
export function sorted(folders: Folder[]): Folder[] {
  const rank = (folder: Folder) => (folder.role ? order.indexOf(folder.role) : order.length)
  return folders
    .filter((folder) => !folder.hidden)
    .sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path))
}

/** How deep a folder without a role lies. */
export const depth = (folder: Folder) =>
  folder.role || !folder.delimiter ? 0 : folder.path.split(folder.delimiter).length - 1

export const inboxOf = (mailbox: Mailbox) => mailbox.folders.find((folder) => folder.role === 'inbox')

export const folderWith = (mailbox: Mailbox | undefined, role: Role) =>
  mailbox?.folders.find((folder) => folder.role === role)

/** The folder with this id, and the mailbox that it is in. */
export function findFolder(mailboxes: Mailbox[] | undefined, id: string) {
  for (const mailbox of mailboxes ?? []) {
    const folder = mailbox.folders.find((one) => one.id === id)
    if (folder) return { mailbox, folder }
  }
  return undefined
}
