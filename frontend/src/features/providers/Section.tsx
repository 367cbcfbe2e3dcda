import type { ReactNode } from 'react'
import classes from './ProviderForm.module.css'

type Props = { title: ReactNode; lead?: ReactNode; folded?: boolean; children: ReactNode }

/** One part of the form. A folded one opens on request: most people never need it. */
export function Section({ title, lead, folded, children }: Props) {
  const words = lead && <p className={classes.lead}>{lead}</p>
  if (folded === undefined)
    return (
      <fieldset className={classes.section}>
        <legend className={classes.heading}>{title}</legend>
        {words}
        <div className={classes.fields}>{children}</div>
      </fieldset>
    )
  return (
    <details className={classes.section} open={!folded}>
      <summary className={classes.heading}>{title}</summary>
      {words}
      <div className={classes.fields}>{children}</div>
    </details>
  )
}
