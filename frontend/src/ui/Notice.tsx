import type { ReactNode } from 'react'
import classes from './Notice.module.css'

type Props = {
  tone: 'calm' | 'warn' | 'bad' | 'good'
  icon?: ReactNode
  title?: ReactNode
  children?: ReactNode
  actions?: ReactNode
  /** Spoken at once by screen readers. */
  urgent?: boolean
}

/** A coloured strip that says one thing, with what can be done about it. */
export function Notice({ tone, icon, title, children, actions, urgent }: Props) {
  return (
    <div className={classes.notice} data-tone={tone} role={urgent ? 'alert' : undefined}>
      {icon && (
        <span className={classes.icon} aria-hidden>
          {icon}
        </span>
      )}
      <div className={classes.text}>
        {title && <div className={classes.title}>{title}</div>}
        {children}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </div>
  )
}
