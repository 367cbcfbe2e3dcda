import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { CopyButton } from '../../ui/CopyButton'
import { Notice } from '../../ui/Notice'
import classes from './Account.module.css'

/** Recovery codes, this once. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useLingui()
  return (
    <>
      <Notice
        tone="warn"
        urgent
        title={<Trans>Keep these recovery codes now: they are shown this once.</Trans>}
        actions={
          <>
            <CopyButton text={codes.join('\n')} />
            <Button size="compact-sm" variant="default" onClick={onDone}>
              <Trans>I have kept them</Trans>
            </Button>
          </>
        }
      >
        <Trans>Each one signs you in once, in place of the app, when your phone is lost.</Trans>
      </Notice>
      <ul className={classes.codes} aria-label={t`Recovery codes`}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </>
  )
}
