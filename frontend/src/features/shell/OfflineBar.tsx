import { Trans } from '@lingui/react/macro'
import { IconCloudOff } from '@tabler/icons-react'
import classes from './OfflineBar.module.css'

/** Says that nothing new can come, and that what is on screen may be read all the same. */
export function OfflineBar() {
  return (
    <div className={classes.bar} role="status">
      <IconCloudOff size={16} aria-hidden />
      {navigator.onLine ? (
        <Trans>Postroom does not answer. What is open stays readable; trying again …</Trans>
      ) : (
        <Trans>You are offline. What is open stays readable; text that you write is kept.</Trans>
      )}
    </div>
  )
}
