import { useLingui } from '@lingui/react/macro'
import { NativeSelect } from '@mantine/core'
import { useId } from 'react'
import type { Mailbox } from '../../api/types'
import classes from './FromField.module.css'

type Props = { mailboxes: Mailbox[]; value: string; onChange: (mailbox: string) => void }

/** Which mailbox the mail is sent from. */
export function FromField({ mailboxes, value, onChange }: Props) {
  const { t } = useLingui()
  const id = useId()
  return (
    <div className={classes.line}>
      <label className={classes.label} htmlFor={id}>
        {t`From`}
      </label>
      <NativeSelect
        id={id}
        className={classes.field}
        variant="unstyled"
        value={value}
        onChange={(e) => onChange(e.currentTarget.value)}
        data={mailboxes.map((box) => ({
          value: box.id,
          label: box.displayName ? `${box.displayName} <${box.address}>` : box.address,
          disabled: !box.canSend,
        }))}
      />
    </div>
  )
}
