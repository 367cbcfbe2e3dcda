// The stations of a mail that is being sent, as the person who sent it sees them.
import type { Outgoing } from '../../api/types'

type State = Outgoing['state']

/** It waits for a decision of the person. */
export const needsPerson = (state: State) => state === 'failed' || state === 'unconfirmed'

/** It moves by itself. */
export const onItsWay = (state: State) =>
  state === 'queued' || state === 'claimed' || state === 'in_data' || state === 'checking'

/** It may be taken back: no byte of it has left, or a person has to decide anyway. */
export const canCancel = (state: State) => state === 'queued' || needsPerson(state)
