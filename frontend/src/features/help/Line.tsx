import { useEffect, useRef } from 'react'
import type { Explained } from '../../api/types'
import { CopyButton } from '../../ui/CopyButton'
import { Who } from '../../ui/ProblemNotice'
import classes from './Problems.module.css'

/** One problem: what is said, what it means, and what to do. The one that somebody came for is shown to them. */
export function Line({ line, here }: { line: Explained; here: boolean }) {
  const own = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (here) own.current?.scrollIntoView({ block: 'center' })
  }, [here])
  return (
    <li ref={own} id={line.ids[0]} className={classes.line} data-here={here || undefined}>
      <code className={classes.says}>{line.says}</code>
      <div className={classes.words}>
        <p>
          <strong>{line.title}</strong> {line.detail}
        </p>
        <p>
          <span className={classes.who} data-who={line.who}>
            <Who who={line.who} />
          </span>
          {' · '}
          {line.action}
        </p>
        {line.where && <p className={classes.where}>{line.where}</p>}
        {line.run && (
          <div className={classes.run}>
            <pre>{line.run.join('\n').replaceAll('{mailbox}', '<mailbox>')}</pre>
            <CopyButton text={line.run.join('\n').replaceAll('{mailbox}', '<mailbox>')} />
          </div>
        )}
      </div>
    </li>
  )
}
