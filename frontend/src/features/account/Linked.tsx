import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconBrandOffice, IconLink, IconLogin2 } from '@tabler/icons-react'
import { type Sensitive, useLinkAccount, useUnlink } from '../../api/account'
import { useWays } from '../../api/doors'
import { problemOf } from '../../api/problem'
import type { Account } from '../../api/types'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { shortDate } from '../../ui/time'
import { Panel } from '../settings/Panel'
import classes from './Account.module.css'

type Props = { account: Account; sensitive: Sensitive }

/** Accounts elsewhere that sign one in. There is no such panel where there is no such service. */
export function Linked({ account, sensitive }: Props) {
  const { t, i18n } = useLingui()
  const ways = useWays()
  const link = useLinkAccount(sensitive)
  const unlink = useUnlink(sensitive)
  const services = ways.data?.services ?? []
  if (services.length === 0 && account.identities.length === 0) return null
  const error = link.error ?? unlink.error
  return (
    <Panel
      title={<Trans>Linked accounts</Trans>}
      lead={
        <Trans>
          An account that is linked here signs you in. It opens no mailbox, and no other account with the same
          address counts for it.
        </Trans>
      }
    >
      {error && <ProblemNotice urgent problem={problemOf(error)} />}
      {account.identities.length > 0 && (
        <ul className={classes.list} aria-label={t`Linked accounts`}>
          {account.identities.map((identity) => (
            <li key={identity.id} className={classes.item}>
              <IconLink size={22} />
              <div className={classes.words}>
                <span className={classes.name}>{identity.name}</span>
                <span className={classes.detail}>
                  {identity.service} ·{' '}
                  {identity.usedAt ? (
                    <Trans>last used {shortDate(identity.usedAt, i18n.locale)}</Trans>
                  ) : (
                    <Trans>linked {shortDate(identity.createdAt, i18n.locale)}</Trans>
                  )}
                </span>
              </div>
              <Button
                variant="subtle"
                color="red"
                size="xs"
                loading={unlink.isPending && unlink.variables === identity.id}
                onClick={() => unlink.mutate(identity.id)}
              >
                <Trans>Unlink</Trans>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className={classes.row}>
        {services.map(({ id, name, kind }) => (
          <Button
            key={id}
            variant="default"
            leftSection={kind === 'microsoft' ? <IconBrandOffice size={17} /> : <IconLogin2 size={17} />}
            loading={link.isPending && link.variables === id}
            onClick={() => link.mutate(id)}
            flex="0 0 auto"
          >
            <Trans>Link an account of {name}</Trans>
          </Button>
        ))}
      </div>
    </Panel>
  )
}
