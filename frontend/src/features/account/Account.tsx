import { Skeleton } from '@mantine/core'
import { useAccount } from '../../api/account'
import { useSignInProblem } from '../../api/doors'
import { Broken } from '../../ui/Broken'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { Authenticator } from './Authenticator'
import { Browsers } from './Browsers'
import { Linked } from './Linked'
import { NameAndPassword } from './NameAndPassword'
import { Passkeys } from './Passkeys'
import { useSensitive } from './useSensitive'

/** Who one is here, and every way to sign in as oneself. */
export function Account() {
  const account = useAccount()
  const { sensitive, prompt } = useSensitive()
  const failed = useSignInProblem(new URLSearchParams(location.search).has('problem'))
  if (account.isPending) return <Skeleton h={180} radius="lg" />
  if (!account.data) return <Broken error={account.error} retry={() => account.refetch()} />
  const mine = { account: account.data, sensitive }
  return (
    <>
      {failed.data && <ProblemNotice urgent problem={failed.data} />}
      <NameAndPassword {...mine} />
      <Authenticator {...mine} />
      <Passkeys {...mine} />
      <Linked {...mine} />
      <Browsers />
      {prompt}
    </>
  )
}
