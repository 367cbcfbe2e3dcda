import type { ReactNode } from 'react'
import classes from './Panel.module.css'

type Props = { title?: ReactNode; lead?: ReactNode; actions?: ReactNode; children?: ReactNode }

/** One subject of a settings page. */
export function Panel({ title, lead, actions, children }: Props) {
  return (
    <section className={classes.panel}>
      {(title || actions) && (
        <div className={classes.head}>
          <div className={classes.words}>
            <h2 className={classes.title}>{title}</h2>
            {lead && <p className={classes.lead}>{lead}</p>}
          </div>
          {actions}
        </div>
      )}
      {children}
    </section>
  )
}
