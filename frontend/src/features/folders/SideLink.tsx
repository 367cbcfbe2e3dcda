import type { ReactNode } from 'react'
import { Link } from 'wouter'
import classes from './SideLink.module.css'

type Props = {
  href: string
  icon: ReactNode
  label: string
  current: boolean
  count?: number
  /** What the count counts, for those who hear it. */
  countLabel?: string
  alarm?: boolean
  indent?: number
  onGo?: () => void
}

/** One line of the left pane. */
export function SideLink({
  href,
  icon,
  label,
  current,
  count = 0,
  countLabel,
  alarm,
  indent = 0,
  onGo,
}: Props) {
  return (
    <Link
      href={href}
      className={classes.link}
      aria-current={current ? 'page' : undefined}
      onClick={onGo}
      style={indent ? { paddingInlineStart: 10 + indent * 16 } : undefined}
    >
      <span className={classes.icon} aria-hidden>
        {icon}
      </span>
      <span className={classes.label} title={label}>
        {label}
      </span>
      {count > 0 && (
        <span className={classes.count} data-alarm={alarm || undefined}>
          <span aria-hidden>{count > 9999 ? '9999+' : count}</span>
          {countLabel && <span className={classes.spoken}>, {countLabel}</span>}
        </span>
      )}
    </Link>
  )
}
