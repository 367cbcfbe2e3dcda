import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { problemOf } from '../api/problem'
import classes from './Broken.module.css'
import { ProblemNotice } from './ProblemNotice'

/** The face of something that could not be loaded. */
export function Broken({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <div className={classes.broken}>
      <ProblemNotice
        urgent
        problem={problemOf(error)}
        actions={
          <Button size="compact-sm" variant="default" onClick={retry}>
            <Trans>Try again</Trans>
          </Button>
        }
      />
    </div>
  )
}
