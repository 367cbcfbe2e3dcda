import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useSearchParams } from 'wouter'
import { useConnectProblem } from '../../api/mailboxes'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { unknownProblem } from './unknownProblem'

/** Why a trip to a sign-in page led nowhere, when it did. */
export function Outcome() {
  const [params, setParams] = useSearchParams()
  const code = params.get('problem')
  const problem = useConnectProblem(code !== null)
  if (code === null || problem.isPending) return null
  return (
    <ProblemNotice
      urgent
      problem={problem.data ?? unknownProblem(code)}
      actions={
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => setParams(new URLSearchParams(), { replace: true })}
        >
          <Trans>Close</Trans>
        </Button>
      }
    />
  )
}
