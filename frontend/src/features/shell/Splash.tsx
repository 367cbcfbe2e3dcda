import { useLingui } from '@lingui/react/macro'
import { Loader } from '@mantine/core'
import classes from './Splash.module.css'

/** While the page does not know yet what to show. */
export function Splash() {
  const { t } = useLingui()
  return (
    <div className={classes.splash} role="status" aria-label={t`Loading`}>
      <Loader type="dots" />
    </div>
  )
}
