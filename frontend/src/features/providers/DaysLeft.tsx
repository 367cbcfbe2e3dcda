import { Plural, Trans } from '@lingui/react/macro'
import type { SecretSlot } from '../../api/types'
import { Mark } from './Mark'

/** From when on an expiry is shown, and from when on it is urgent; in days. */
const near = 30
const urgent = 3

/** How long a client secret is still good. Shown when it matters, or always. */
export function DaysLeft({ slot, always }: { slot: SecretSlot; always?: boolean }) {
  const days = slot.daysLeft
  if (days === undefined || (days > near && !always)) return null
  const tone = days <= urgent ? 'bad' : days <= near ? 'warn' : 'calm'
  return (
    <Mark tone={tone}>
      {days < 0 ? (
        <Trans>Secret has expired</Trans>
      ) : days === 0 ? (
        <Trans>Secret expires today</Trans>
      ) : (
        <Plural value={days} one="Secret expires in # day" other="Secret expires in # days" />
      )}
    </Mark>
  )
}
