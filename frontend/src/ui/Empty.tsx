import type { ReactNode } from 'react'
import classes from './Empty.module.css'

type Props = { icon: ReactNode; title: ReactNode; children?: ReactNode; action?: ReactNode }

/** The face of something that has nothing to show: what that means, and the next step if there is one. */
export function Empty({ icon, title, children, action }: Props) {
  return (
    <div className={classes.empty}>
      <div className={classes.icon} aria-hidden>
        {icon}
      </div>
      <h2 className={classes.title}>{title}</h2>
      {children && <div className={classes.text}>{children}</div>}
      {action && <div className={classes.action}>{action}</div>}
    </div>
  )
}
