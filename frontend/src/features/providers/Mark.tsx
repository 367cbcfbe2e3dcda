import type { ReactNode } from 'react'
import classes from './Mark.module.css'

/** A word beside something, in a colour that says how it stands. */
export function Mark({ tone, children }: { tone: 'calm' | 'good' | 'warn' | 'bad'; children: ReactNode }) {
  return (
    <span className={classes.mark} data-tone={tone}>
      {children}
    </span>
  )
}
