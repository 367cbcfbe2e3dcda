import { useLingui } from '@lingui/react/macro'
import { UnstyledButton, type UnstyledButtonProps } from '@mantine/core'
import { IconSelector } from '@tabler/icons-react'
import type { ComponentProps } from 'react'
import type { User } from '../../api/types'
import { Avatar } from '../../ui/Avatar'
import classes from './PersonButton.module.css'

type Props = { user: User } & UnstyledButtonProps & ComponentProps<'button'>

/** Who is signed in. */
export function PersonButton({ user, ...rest }: Props) {
  const { t } = useLingui()
  return (
    <UnstyledButton {...rest} className={classes.person} aria-label={t`${user.name}: settings and sign-out`}>
      <Avatar name={user.name} addr={user.email} size={32} />
      <span className={classes.names}>
        <span className={classes.name}>{user.name}</span>
        <span className={classes.email}>{user.email}</span>
      </span>
      <IconSelector size={16} aria-hidden />
    </UnstyledButton>
  )
}
