import { Trans, useLingui } from '@lingui/react/macro'
import { Button, TextInput } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { type Sensitive, useAddPasskey, useDropPasskey, useRenamePasskey } from '../../api/account'
import { problemOf } from '../../api/problem'
import type { Account, Passkey } from '../../api/types'
import Confirm from '../../ui/Confirm'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { shortDate } from '../../ui/time'
import { say } from '../../ui/toast'
import { Panel } from '../settings/Panel'
import classes from './Account.module.css'

type Props = { account: Account; sensitive: Sensitive }

/** Keys of one's own devices. */
export function Passkeys({ account, sensitive }: Props) {
  const { t } = useLingui()
  const add = useAddPasskey(sensitive)
  const possible = account.passkeysPossible && typeof PublicKeyCredential === 'function'
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = e.currentTarget
    add.mutate(String(new FormData(form).get('name')), {
      onSuccess: (added) => {
        if (!added) return
        form.reset()
        say(t`You can sign in with this passkey now.`)
      },
    })
  }
  return (
    <Panel
      title={<Trans>Passkeys</Trans>}
      lead={
        <Trans>
          A passkey signs you in with your finger, face or device PIN, without a password and a code. It works
          on this address alone, so that no copied page can ask for it.
        </Trans>
      }
    >
      {add.error && <ProblemNotice urgent problem={problemOf(add.error)} />}
      {account.passkeys.length > 0 && (
        <ul className={classes.list} aria-label={t`Passkeys`}>
          {account.passkeys.map((passkey) => (
            <Item key={passkey.id} passkey={passkey} sensitive={sensitive} />
          ))}
        </ul>
      )}
      {possible ? (
        <form className={classes.row} onSubmit={submit}>
          <TextInput
            name="name"
            label={t`Name of a new passkey`}
            placeholder={t`My laptop`}
            required
            withAsterisk={false}
          />
          <Button
            type="submit"
            variant="default"
            leftSection={<IconFingerprint size={17} />}
            loading={add.isPending}
          >
            <Trans>Add a passkey</Trans>
          </Button>
        </form>
      ) : (
        <div className={classes.detail}>
          <Trans>This address or this browser cannot use passkeys.</Trans>
        </div>
      )}
    </Panel>
  )
}

function Item({ passkey, sensitive }: { passkey: Passkey; sensitive: Sensitive }) {
  const { t, i18n } = useLingui()
  const rename = useRenamePasskey()
  const drop = useDropPasskey(sensitive)
  const [doing, setDoing] = useState<'rename' | 'remove'>()
  const done = () => setDoing(undefined)
  const made = shortDate(passkey.createdAt, i18n.locale)
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const name = String(new FormData(e.currentTarget).get('name'))
    rename.mutate({ id: passkey.id, name }, { onSuccess: done })
  }
  const error = rename.error ?? drop.error
  return (
    <li className={classes.item}>
      <IconFingerprint size={22} />
      {doing === 'rename' ? (
        <form className={classes.row} onSubmit={submit}>
          <TextInput name="name" aria-label={t`Name`} defaultValue={passkey.name} required autoFocus />
          <Button type="submit" size="xs" loading={rename.isPending}>
            <Trans>Save</Trans>
          </Button>
          <Button variant="default" size="xs" onClick={done}>
            <Trans>Cancel</Trans>
          </Button>
        </form>
      ) : (
        <>
          <div className={classes.words}>
            <span className={classes.name}>{passkey.name}</span>
            <span className={classes.detail}>
              {passkey.usedAt ? (
                <Trans>
                  Added {made}, last used {shortDate(passkey.usedAt, i18n.locale)}
                </Trans>
              ) : (
                <Trans>Added {made}, not used yet</Trans>
              )}
            </span>
          </div>
          <Button variant="default" size="xs" onClick={() => setDoing('rename')}>
            <Trans>Rename</Trans>
          </Button>
          <Button variant="subtle" color="red" size="xs" onClick={() => setDoing('remove')}>
            <Trans>Remove</Trans>
          </Button>
        </>
      )}
      {error && <ProblemNotice urgent problem={problemOf(error)} />}
      <Confirm
        opened={doing === 'remove'}
        title={t`Remove ${passkey.name}?`}
        yes={<Trans>Remove</Trans>}
        danger
        onYes={() => {
          done()
          drop.mutate(passkey.id)
        }}
        onNo={done}
      >
        <Trans>It signs you in no longer. Remove it on the device as well.</Trans>
      </Confirm>
    </li>
  )
}
