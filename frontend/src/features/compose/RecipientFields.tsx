import { Trans, useLingui } from '@lingui/react/macro'
import { UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { Draft } from './draft'
import { RecipientField } from './RecipientField'
import classes from './RecipientFields.module.css'

type Props = { draft: Draft; onChange: (part: Partial<Draft>) => void; focus: boolean }

/** To, and Cc and Bcc once they are wanted. */
export function RecipientFields({ draft, onChange, focus }: Props) {
  const { t } = useLingui()
  const [cc, setCc] = useState(draft.cc.length > 0)
  const [bcc, setBcc] = useState(draft.bcc.length > 0)
  return (
    <>
      <div className={classes.line}>
        <RecipientField label={t`To`} value={draft.to} onChange={(to) => onChange({ to })} focus={focus} />
        {!cc && (
          <UnstyledButton className={classes.more} onClick={() => setCc(true)}>
            <Trans>Cc</Trans>
          </UnstyledButton>
        )}
        {!bcc && (
          <UnstyledButton className={classes.more} onClick={() => setBcc(true)}>
            <Trans>Bcc</Trans>
          </UnstyledButton>
        )}
      </div>
      {cc && (
        <div className={classes.line}>
          <RecipientField
            label={t`Cc`}
            value={draft.cc}
            onChange={(list) => onChange({ cc: list })}
            focus={draft.cc.length === 0}
          />
        </div>
      )}
      {bcc && (
        <div className={classes.line}>
          <RecipientField
            label={t`Bcc`}
            value={draft.bcc}
            onChange={(list) => onChange({ bcc: list })}
            focus={draft.bcc.length === 0}
          />
        </div>
      )}
    </>
  )
}
