import { useLingui } from '@lingui/react/macro'
import { ActionIcon, CloseButton, UnstyledButton } from '@mantine/core'
import { IconChevronUp, IconMinus } from '@tabler/icons-react'
import classes from './ComposerBar.module.css'

type Props = { title: string; folded: boolean; onFold: (folded: boolean) => void; onClose: () => void }

/** The head of a compose window; a click folds and unfolds it. */
export function ComposerBar({ title, folded, onFold, onClose }: Props) {
  const { t } = useLingui()
  const label = folded ? t`Go on writing` : t`Fold`
  return (
    <header className={classes.bar} data-folded={folded || undefined}>
      <UnstyledButton className={classes.title} onClick={() => onFold(!folded)}>
        {title}
      </UnstyledButton>
      <ActionIcon size={32} onClick={() => onFold(!folded)} aria-label={label} aria-expanded={!folded}>
        {folded ? <IconChevronUp size={18} /> : <IconMinus size={18} />}
      </ActionIcon>
      <CloseButton size={32} onClick={onClose} aria-label={t`Close`} />
    </header>
  )
}
