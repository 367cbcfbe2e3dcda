import { Trans } from '@lingui/react/macro'
import Confirm from './Confirm'
import classes from './LinkCheck.module.css'

/** Asks before a link is followed that says one place and leads to another. */
export default function LinkCheck({ href, onClose }: { href: string; onClose: () => void }) {
  const follow = () => {
    window.open(href, '_blank', 'noopener,noreferrer')
    onClose()
  }
  return (
    <Confirm
      opened
      title={<Trans>This link leads elsewhere</Trans>}
      yes={<Trans>Open it all the same</Trans>}
      danger
      onYes={follow}
      onNo={onClose}
    >
      <Trans>Its text names another place than the one it opens. It really leads to:</Trans>
      <code className={classes.href}>{href}</code>
    </Confirm>
  )
}
