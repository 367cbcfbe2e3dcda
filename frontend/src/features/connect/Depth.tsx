import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Menu } from '@mantine/core'
import { useDeepen } from '../../api/health'
import { problemOf } from '../../api/problem'
import type { Mailbox } from '../../api/types'
import { shortDate } from '../../ui/time'
import { complain } from '../../ui/toast'

const yearsAgo = (years: number) => {
  const day = new Date()
  day.setHours(0, 0, 0, 0)
  day.setFullYear(day.getFullYear() - years)
  return day.getTime()
}

/** How far back a mailbox is fetched, and the way further back. */
export function Depth({ mailbox }: { mailbox: Mailbox }) {
  const { t, i18n } = useLingui()
  const deepen = useDeepen()
  const { id, since } = mailbox
  if (since === 0) return <Trans>the beginning</Trans>
  const fetchSince = (day: number) =>
    deepen.mutate({ id, since: day }, { onError: (error) => complain(problemOf(error)) })
  const years = [1, 2, 5].filter((n) => yearsAgo(n) < since)
  return (
    <>
      {shortDate(since, i18n.locale)}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            ml={6}
            size="compact-xs"
            variant="subtle"
            loading={deepen.isPending}
            aria-label={t`Fetch older mail too`}
          >
            <Trans>fetch more</Trans>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {years.map((n) => (
            <Menu.Item key={n} onClick={() => fetchSince(yearsAgo(n))}>
              <Trans>since {shortDate(yearsAgo(n), i18n.locale)}</Trans>
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => fetchSince(0)}>
            <Trans>everything</Trans>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
