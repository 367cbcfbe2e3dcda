import type { ReactNode } from 'react'
import { Logo } from '../../ui/Logo'
import classes from './Doorway.module.css'

type Props = { title: ReactNode; lead: ReactNode; children: ReactNode }

/** The frame around the pages before sign-in. */
export function Doorway({ title, lead, children }: Props) {
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <div className={classes.brand}>
          <Logo size={36} />
          Postroom
        </div>
        <h1 className={classes.title}>{title}</h1>
        <p className={classes.lead}>{lead}</p>
        {children}
      </div>
    </main>
  )
}
