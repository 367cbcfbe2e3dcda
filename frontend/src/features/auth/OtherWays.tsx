import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconBrandOffice, IconFingerprint, IconLogin2 } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useElsewhere, usePasskeySignIn, useSignInProblem, useWays } from '../../api/doors'
import { problemOf } from '../../api/problem'
import { ProblemNotice } from '../../ui/ProblemNotice'
import classes from './Extras.module.css'

type Props = { onForgot: () => void; onSecondStep: () => void }

/** What can stand in the password's place. It comes after the page, and a page without it still signs in. */
export default function OtherWays({ onForgot, onSecondStep }: Props) {
  const ways = useWays()
  const passkey = usePasskeySignIn()
  const elsewhere = useElsewhere()
  const failed = useSignInProblem(new URLSearchParams(location.search).has('problem'))
  const half = ways.data?.secondStep
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the server says matters
  useEffect(() => {
    if (half) onSecondStep()
  }, [half])
  if (!ways.data) return null

  const { services, passkeys } = ways.data
  const error = passkey.error ?? elsewhere.error
  const problem = error ? problemOf(error) : failed.data
  const keys = passkeys && typeof PublicKeyCredential === 'function'
  const next = location.pathname + location.search.replace(/[?&]problem=1/, '')
  return (
    <div className={classes.ways}>
      {problem && <ProblemNotice urgent problem={problem} />}
      {(keys || services.length > 0) && (
        <div className={classes.or}>
          <Trans>or</Trans>
        </div>
      )}
      {keys && (
        <Button
          variant="default"
          size="md"
          leftSection={<IconFingerprint size={19} />}
          loading={passkey.isPending}
          onClick={() => passkey.mutate()}
        >
          <Trans>Sign in with a passkey</Trans>
        </Button>
      )}
      {services.map(({ id, name, kind }) => (
        <Button
          key={id}
          variant="default"
          size="md"
          leftSection={kind === 'microsoft' ? <IconBrandOffice size={19} /> : <IconLogin2 size={19} />}
          loading={elsewhere.isPending && elsewhere.variables.service === id}
          onClick={() => elsewhere.mutate({ service: id, next })}
        >
          <Trans>Sign in with {name}</Trans>
        </Button>
      ))}
      <button type="button" className={classes.quiet} onClick={onForgot}>
        <Trans>Forgot your password?</Trans>
      </button>
    </div>
  )
}
