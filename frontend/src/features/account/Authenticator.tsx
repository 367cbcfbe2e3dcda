import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Badge, Button, Group, TextInput } from '@mantine/core'
import { IconDeviceMobile } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import {
  type Sensitive,
  useConfirmCode,
  useDropAuthenticator,
  useEnrol,
  useRecoveryCodes,
} from '../../api/account'
import { problemOf } from '../../api/problem'
import type { Account } from '../../api/types'
import Confirm from '../../ui/Confirm'
import { CopyButton } from '../../ui/CopyButton'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { shortDate } from '../../ui/time'
import { Panel } from '../settings/Panel'
import classes from './Account.module.css'
import { RecoveryCodes } from './RecoveryCodes'

type Props = { account: Account; sensitive: Sensitive }

/** The second step after the password. */
export function Authenticator({ account, sensitive }: Props) {
  const { i18n } = useLingui()
  const enrol = useEnrol(sensitive)
  const drop = useDropAuthenticator(sensitive)
  const renew = useRecoveryCodes(sensitive)
  const [codes, setCodes] = useState<string[]>()
  const [asking, setAsking] = useState(false)
  const since = account.authenticatorSince
  const error = enrol.error ?? drop.error ?? renew.error
  return (
    <Panel
      title={<Trans>Authenticator app</Trans>}
      lead={
        <Trans>
          After your password, sign-in asks for six digits from an app on your phone. Whoever learns your
          password alone stays outside.
        </Trans>
      }
      actions={
        !since &&
        !enrol.data && (
          <Button onClick={() => enrol.mutate()} loading={enrol.isPending}>
            <Trans>Set up</Trans>
          </Button>
        )
      }
    >
      {error && <ProblemNotice urgent problem={problemOf(error)} />}
      {codes && <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />}
      {!since && enrol.data && (
        <Enrol
          {...enrol.data}
          sensitive={sensitive}
          onDone={(fresh) => {
            enrol.reset()
            setCodes(fresh)
          }}
          onCancel={enrol.reset}
        />
      )}
      {since && (
        <div className={classes.item}>
          <IconDeviceMobile size={22} />
          <div className={classes.words}>
            <Group gap={8}>
              <span className={classes.name}>
                <Trans>In use since {shortDate(since, i18n.locale)}</Trans>
              </span>
              <Badge variant="light">
                <Trans>On</Trans>
              </Badge>
            </Group>
            <span className={classes.detail}>
              <Plural
                value={account.recoveryCodes}
                _0="No recovery code left: make new ones."
                one="# recovery code left"
                other="# recovery codes left"
              />
            </span>
          </div>
          <Button
            variant="default"
            size="xs"
            loading={renew.isPending}
            onClick={() => renew.mutate(undefined, { onSuccess: (fresh) => setCodes(fresh.codes) })}
          >
            <Trans>New recovery codes</Trans>
          </Button>
          <Button variant="subtle" color="red" size="xs" onClick={() => setAsking(true)}>
            <Trans>Remove</Trans>
          </Button>
        </div>
      )}
      <Confirm
        opened={asking}
        title={<Trans>Sign in with the password alone again?</Trans>}
        yes={<Trans>Remove</Trans>}
        danger
        onYes={() => {
          setAsking(false)
          setCodes(undefined)
          drop.mutate()
        }}
        onNo={() => setAsking(false)}
      >
        <Trans>The app’s codes and your recovery codes count no longer.</Trans>
      </Confirm>
    </Panel>
  )
}

type EnrolProps = {
  secret: string
  image: string
  sensitive: Sensitive
  onDone: (codes: string[]) => void
  onCancel: () => void
}

function Enrol({ secret, image, sensitive, onDone, onCancel }: EnrolProps) {
  const { t } = useLingui()
  const confirm = useConfirmCode(sensitive)
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const code = String(new FormData(e.currentTarget).get('code'))
    confirm.mutate(code, { onSuccess: ({ codes }) => onDone(codes) })
  }
  return (
    <div className={classes.enrol}>
      <img className={classes.qr} src={image} alt={t`QR code for your authenticator app`} />
      <form className={classes.steps} onSubmit={submit}>
        <div>
          <Trans>Scan this with your authenticator app, or type the key into it:</Trans>
        </div>
        <div className={classes.secret}>
          <span data-secret>{secret}</span>
          <CopyButton text={secret} />
        </div>
        {confirm.error && <ProblemNotice urgent problem={problemOf(confirm.error)} />}
        <TextInput
          name="code"
          label={t`Then enter the six digits that it shows`}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          autoFocus
        />
        <Group gap="xs">
          <Button type="submit" loading={confirm.isPending}>
            <Trans>Turn on</Trans>
          </Button>
          <Button variant="default" onClick={onCancel}>
            <Trans>Cancel</Trans>
          </Button>
        </Group>
      </form>
    </div>
  )
}
