import type { ReactNode } from 'react'
import { CopyButton } from '../../ui/CopyButton'
import classes from './ProviderForm.module.css'

/** Something to be copied as it stands. */
export function CopyLine({ label, text }: { label?: ReactNode; text: string }) {
  return (
    <div>
      {label && <div className={classes.label}>{label}</div>}
      <div className={classes.copy}>
        <code>{text}</code>
        <CopyButton text={text} />
      </div>
    </div>
  )
}
