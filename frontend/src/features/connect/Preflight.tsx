import { Trans, useLingui } from '@lingui/react/macro'
import { Skeleton } from '@mantine/core'
import { useAttempt } from '../../api/connect'
import type { Attempt } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { Panel } from '../settings/Panel'
import { AttemptSteps } from './AttemptSteps'
import { Ended } from './Ended'
import { Frame } from './Frame'
import { Question } from './Question'

/** What becomes of a sign-in, step by step as it happens, and what it asks. */
export default function Preflight({ params }: { params: { attempt: string } }) {
  const { t } = useLingui()
  const { data, error, isPending, refetch } = useAttempt(params.attempt)
  const title = data?.mailbox ? t`Reconnecting` : t`Connecting a mailbox`
  return (
    <Frame title={title}>
      {isPending ? (
        <Skeleton h={320} radius="lg" />
      ) : !data ? (
        <Broken error={error} retry={() => refetch()} />
      ) : (
        <>
          <div role="status">
            {data.state === 'asking' && <Question attempt={data} />}
            {(data.state === 'done' || data.state === 'failed') && <Ended attempt={data} />}
          </div>
          <Panel title={<Lead attempt={data} />}>
            <AttemptSteps steps={data.steps} running={data.state === 'running'} />
          </Panel>
        </>
      )}
    </Frame>
  )
}

function Lead({ attempt }: { attempt: Attempt }) {
  const { name } = attempt.provider
  if (attempt.state === 'running') return <Trans>Trying what {name} has given us …</Trans>
  return <Trans>What was tried</Trans>
}
