import '../settings/css'
import type { ReactNode } from 'react'
import { NavButton } from '../shell/nav'
import classes from './Frame.module.css'

/** A page of its own on the way to a mailbox. */
export function Frame({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <main className={classes.frame}>
      <header className={classes.head}>
        <NavButton />
        <h1 className={classes.title}>{title}</h1>
      </header>
      <div className={classes.scroll}>
        <div className={classes.page}>{children}</div>
      </div>
    </main>
  )
}
