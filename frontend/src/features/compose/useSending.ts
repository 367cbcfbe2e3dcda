import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useSend } from '../../api/outgoing'
import { say } from '../../ui/toast'
import { type Draft, forgotFile, toWire } from './draft'
import { wrong } from './recipients'

/** Sends the draft when it can be sent, and says what is missing when it cannot. */
export function useSending(draft: Draft, filesBusy: boolean, onSent: () => void) {
  const { t } = useLingui()
  const { mutate, isPending, error, reset } = useSend()
  const [tried, setTried] = useState(false)
  const [forgot, setForgot] = useState(false)

  const missing = () => {
    const everyone = [...draft.to, ...draft.cc, ...draft.bcc]
    const bad = wrong(everyone)[0]
    if (everyone.length === 0) return t`Add at least one recipient.`
    if (bad !== undefined) return t`“${bad}” is not an e-mail address.`
    if (filesBusy) return t`A file is still on its way. Send again when it is here.`
    return ''
  }
  const hand = () =>
    mutate(
      { key: draft.id, draft: toWire(draft) },
      {
        onSuccess: () => {
          say(t`Your mail is on its way.`)
          onSent()
        },
      },
    )
  const send = () => {
    if (isPending) return
    reset()
    setTried(true)
    if (missing()) return
    if (forgotFile(draft)) setForgot(true)
    else hand()
  }
  return {
    send,
    busy: isPending,
    error,
    // Once tried, what is missing is said until it is there.
    hint: tried ? missing() : '',
    forgot,
    wait: () => setForgot(false),
    insist: () => {
      setForgot(false)
      hand()
    },
  }
}
