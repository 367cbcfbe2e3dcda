import { Plural, Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import type { Provider } from '../../api/types'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { DaysLeft } from './DaysLeft'
import { Mark } from './Mark'
import { PresetIcon } from './PresetIcon'
import classes from './Providers.module.css'

/** One provider in the list: how many use it, and what wants attention. */
export function ProviderRow({ provider, onChange }: { provider: Provider; onChange: () => void }) {
  const place = provider.tenant || provider.authority || provider.tokenUrl
  return (
    <li className={classes.provider}>
      <PresetIcon preset={provider.preset} />
      <div className={classes.words}>
        <span className={classes.name}>{provider.name}</span>
        <span className={classes.detail}>
          {place} · {provider.imapHost} ·{' '}
          <Plural value={provider.mailboxes} _0="no mailboxes" one="# mailbox" other="# mailboxes" />
        </span>
      </div>
      <DaysLeft slot={provider.first.inUse || !provider.second.set ? provider.first : provider.second} />
      {provider.disabled && (
        <Mark tone="calm">
          <Trans>Switched off</Trans>
        </Mark>
      )}
      <Button variant="default" size="xs" onClick={onChange}>
        <Trans>Change</Trans>
      </Button>
      {provider.problem && (
        <div className={classes.problem}>
          <ProblemNotice problem={provider.problem} />
        </div>
      )}
    </li>
  )
}
