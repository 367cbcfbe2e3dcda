import { useLingui } from '@lingui/react/macro'
import { ActionIcon } from '@mantine/core'
import { IconMenu2 } from '@tabler/icons-react'
import { createContext, useContext } from 'react'

/** Whether there is room for one pane only, and how to open the folders then. */
export const NavContext = createContext({ narrow: false, open: () => {} })

export const useNarrow = () => useContext(NavContext).narrow

/** Opens the folders where they have no pane of their own. */
export function NavButton() {
  const { t } = useLingui()
  const { narrow, open } = useContext(NavContext)
  if (!narrow) return null
  return (
    <ActionIcon size={44} onClick={open} aria-label={t`Folders and settings`}>
      <IconMenu2 size={22} />
    </ActionIcon>
  )
}
