import { useLingui } from '@lingui/react/macro'
import { IconArrowDown, IconArrowUp, IconList } from '@tabler/icons-react'
import { useActions } from '../../ui/actions'

type Keys = { step: (by: 1 | -1) => void; close: () => void; open: boolean }

/** The keys that move through a list. */
export function useListKeys({ step, close, open }: Keys) {
  const { t } = useLingui()
  useActions([
    {
      id: 'next',
      label: open ? t`Next mail` : t`Open the first mail`,
      keys: 'j ArrowDown',
      icon: <IconArrowDown />,
      run: () => step(1),
    },
    {
      id: 'previous',
      label: t`Previous mail`,
      keys: 'k ArrowUp',
      icon: <IconArrowUp />,
      run: () => step(-1),
    },
    ...(open
      ? [{ id: 'close', label: t`Back to the list`, keys: 'u Escape', icon: <IconList />, run: close }]
      : [{ id: 'open', label: t`Open`, keys: 'Enter', run: () => step(1), quiet: true }]),
  ])
}
