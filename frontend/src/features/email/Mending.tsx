import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { Problem } from '../../api/types'
import { CopyButton } from '../../ui/CopyButton'
import { ProblemNotice } from '../../ui/ProblemNotice'
import classes from './Mending.module.css'

type Props = { problem: Problem; commands: string; children?: ReactNode; urgent?: boolean }

/** A problem with the lines that an Exchange administrator types to mend it. */
export function Mending({ problem, commands, children, urgent }: Props) {
  return (
    <ProblemNotice problem={problem} urgent={urgent}>
      {children && <p className={classes.line}>{children}</p>}
      {commands && (
        <details className={classes.commands}>
          <summary>
            <Trans>PowerShell for the Exchange administrator</Trans>
          </summary>
          <div className={classes.code}>
            <pre>{commands}</pre>
            <CopyButton text={commands} />
          </div>
        </details>
      )}
    </ProblemNotice>
  )
}
