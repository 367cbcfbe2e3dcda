import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useDismissFailed, useFailedActions } from '../../api/actions'
import { ProblemNotice } from '../../ui/ProblemNotice'
import classes from './FailedActions.module.css'

/** Acts that the mail server refused: each was undone here and says why, until it is put away. */
export function FailedActions() {
  const { data = [] } = useFailedActions()
  const dismiss = useDismissFailed()
  const first = data[0]
  if (!first?.problem) return null
  const more = data.length - 1
  return (
    <div className={classes.holder}>
      <ProblemNotice
        urgent
        problem={first.problem}
        actions={
          <Button size="compact-sm" variant="default" onClick={() => dismiss.mutate(first.id)}>
            <Trans>Understood</Trans>
          </Button>
        }
      >
        {more > 0 && (
          <p className={classes.more}>
            <Trans>{more} more like this</Trans>
          </p>
        )}
      </ProblemNotice>
    </div>
  )
}
