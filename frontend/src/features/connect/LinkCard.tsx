import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group } from '@mantine/core'
import { useRemoveLink, useRenewLink } from '../../api/links'
import { problemOf } from '../../api/problem'
import type { ConnectLink, MadeLink } from '../../api/types'
import { ago, shortDate } from '../../ui/time'
import { complain } from '../../ui/toast'
import { useNow } from '../../ui/useNow'
import classes from './Links.module.css'

const tones = {
  invited: 'calm',
  opened: 'calm',
  waiting_for_admin: 'warn',
  connected: 'good',
  failed: 'bad',
} as const

const tell = { onError: (error: unknown) => complain(problemOf(error)) }

type Props = { link: ConnectLink; provider?: string; onMade: (made: MadeLink, mail: boolean) => void }

/** One person who was asked. */
export function LinkCard({ link, provider, onMade }: Props) {
  const { t, i18n } = useLingui()
  const now = useNow(30_000)
  const renew = useRenewLink()
  const remove = useRemoveLink()
  const { id, address, expired, problem, state } = link
  const words = {
    invited: t`Invited`,
    opened: t`Opened`,
    waiting_for_admin: t`Waiting for their administrator`,
    connected: t`Connected`,
    failed: t`Failed`,
  }
  const open = state !== 'connected'
  const again = (mail: boolean) =>
    renew.mutate({ id, mail }, { ...tell, onSuccess: (made) => onMade(made, mail) })
  return (
    <li className={classes.link} data-link-state={state}>
      <div className={classes.head}>
        <div className={classes.words}>
          <h2 className={classes.address}>{address}</h2>
          <p className={classes.facts}>
            {provider}
            {link.for && <> · {link.for}</>} · {ago(link.changedAt, now, i18n.locale)}
            {open && !expired && (
              <>
                {' · '}
                <Trans>until {shortDate(link.expiresAt, i18n.locale)}</Trans>
              </>
            )}
            {link.mailedAt ? (
              <>
                {' · '}
                <Trans>sent by mail</Trans>
              </>
            ) : null}
          </p>
        </div>
        <span className={classes.state} data-tone={expired ? 'warn' : tones[state]}>
          {expired ? t`Expired` : words[state]}
        </span>
      </div>
      {problem && (
        <p className={classes.why}>
          <strong>{problem.title}</strong> {problem.detail} {problem.action}
        </p>
      )}
      <Group gap="xs">
        {open && (
          <>
            <Button
              size="compact-xs"
              variant="default"
              loading={renew.isPending}
              onClick={() => again(false)}
            >
              <Trans>New link to copy</Trans>
            </Button>
            <Button size="compact-xs" variant="default" loading={renew.isPending} onClick={() => again(true)}>
              <Trans>Send by mail</Trans>
            </Button>
          </>
        )}
        <Button
          size="compact-xs"
          variant="subtle"
          color="red"
          loading={remove.isPending}
          onClick={() => remove.mutate(id, tell)}
        >
          {open ? <Trans>Take back</Trans> : <Trans>Remove from the list</Trans>}
        </Button>
      </Group>
    </li>
  )
}
