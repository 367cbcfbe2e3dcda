import { Trans, useLingui } from '@lingui/react/macro'
import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useHealth } from '../../api/health'
import type { Mailbox } from '../../api/types'
import { ago, shortDate } from '../../ui/time'
import { useNow } from '../../ui/useNow'
import { Depth } from './Depth'
import { HealthBar } from './HealthBar'
import classes from './Vitals.module.css'

/** How a mailbox has been, at a glance. */
export function Vitals({ mailbox }: { mailbox: Mailbox }) {
  const { i18n } = useLingui()
  const health = useHealth(mailbox, 60_000)
  const now = useNow()
  const { lastMailAt, lastSyncAt, usualPerDay } = mailbox
  const when = (at: number) => (at ? ago(at, now, i18n.locale) : <Trans>not yet</Trans>)
  return (
    <div className={classes.vitals}>
      {health.data ? <HealthBar health={health.data} /> : <Skeleton h={32} radius="sm" />}
      <dl className={classes.facts}>
        <Fact name={<Trans>Last mail</Trans>}>
          {when(lastMailAt)}
          {usualPerDay > 0 && (
            <span className={classes.aside}>
              <Trans>usually {usualPerDay} a day</Trans>
            </span>
          )}
        </Fact>
        <Fact name={<Trans>In step with the server</Trans>}>{when(lastSyncAt)}</Fact>
        {health.data && health.data.goodUntil > 0 && (
          <Fact name={<Trans>Sign-in good until</Trans>}>
            {shortDate(health.data.goodUntil, i18n.locale)}
            <span className={classes.aside}>
              <Trans>renewed each week by itself</Trans>
            </span>
          </Fact>
        )}
        <Fact name={<Trans>Mail since</Trans>}>
          <Depth mailbox={mailbox} />
        </Fact>
      </dl>
    </div>
  )
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
