import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { problemOf } from '../../api/problem'
import { useRemoveProvider } from '../../api/providers'
import type { Provider } from '../../api/types'
import Confirm from '../../ui/Confirm'
import { ProblemNotice } from '../../ui/ProblemNotice'

/** Forgets a provider that no mailbox uses. */
export function RemoveProvider({ stored, onDone }: { stored: Provider; onDone: () => void }) {
  const { t } = useLingui()
  const remove = useRemoveProvider()
  const [asking, setAsking] = useState(false)
  return (
    <>
      {remove.error && <ProblemNotice urgent problem={problemOf(remove.error)} />}
      <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
        <Trans>Remove</Trans>
      </Button>
      <Confirm
        opened={asking}
        title={t`Remove ${stored.name}?`}
        yes={<Trans>Remove</Trans>}
        danger
        busy={remove.isPending}
        onYes={() => remove.mutate(stored.id, { onSuccess: onDone, onSettled: () => setAsking(false) })}
        onNo={() => setAsking(false)}
      >
        <Trans>It can be removed only while no mailbox is connected with it. Its secret is forgotten.</Trans>
      </Confirm>
    </>
  )
}
