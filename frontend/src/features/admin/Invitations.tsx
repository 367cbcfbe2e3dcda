import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { Badge, Button, Skeleton } from '@mantine/core'
import { IconMail, IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useInvitations, useInviteAgain, useUninvite } from '../../api/people'
import { problemOf } from '../../api/problem'
import { useMe } from '../../api/session'
import type { Invitation } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { shortDate } from '../../ui/time'
import { Panel } from '../settings/Panel'
import { InviteForm } from './InviteForm'
import classes from './People.module.css'
import { roleNames } from './roles'
import { SecretLink } from './SecretLink'

/** A link that was made just now. */
export type Given = { email: string; url: string; mailed: boolean }

const states: Record<Invitation['state'], { name: MessageDescriptor; color: string }> = {
  open: { name: msg`Waiting`, color: 'ink' },
  accepted: { name: msg`Accepted`, color: 'ink' },
  revoked: { name: msg`Withdrawn`, color: 'gray' },
  expired: { name: msg`Too old`, color: 'gray' },
}

/** Who was invited, and what became of it. */
export function Invitations() {
  const { t } = useLingui()
  const invitations = useInvitations()
  const [inviting, setInviting] = useState(false)
  const [given, setGiven] = useState<Given>()
  return (
    <Panel
      title={<Trans>Invitations</Trans>}
      lead={<Trans>A link counts once and for seven days. Whoever opens it chooses a password.</Trans>}
      actions={
        <Button leftSection={<IconUserPlus size={17} />} onClick={() => setInviting(true)}>
          <Trans>Invite somebody</Trans>
        </Button>
      }
    >
      {invitations.isPending && <Skeleton h={60} radius="md" />}
      {invitations.error && <Broken error={invitations.error} retry={() => invitations.refetch()} />}
      {invitations.data?.length === 0 && (
        <div className={classes.none}>
          <Trans>Nobody has been invited yet.</Trans>
        </div>
      )}
      {invitations.data && invitations.data.length > 0 && (
        <ul className={classes.list} aria-label={t`Invitations`}>
          {invitations.data.map((invitation) => (
            <Item key={invitation.id} invitation={invitation} onGiven={setGiven} />
          ))}
        </ul>
      )}
      {inviting && (
        <InviteForm
          onClose={() => setInviting(false)}
          onInvited={(fresh) => {
            setInviting(false)
            setGiven(fresh)
          }}
        />
      )}
      {given && (
        <SecretLink
          title={<Trans>{given.email} is invited</Trans>}
          url={given.url}
          onClose={() => setGiven(undefined)}
        >
          {given.mailed ? (
            <Trans>
              The invitation is on its way by mail. You can also give them this link; it is shown this once.
            </Trans>
          ) : (
            <Trans>
              This Postroom sends no mail of its own: give them this link yourself. It is shown this once.
            </Trans>
          )}
        </SecretLink>
      )}
    </Panel>
  )
}

function Item({ invitation, onGiven }: { invitation: Invitation; onGiven: (given: Given) => void }) {
  const { t, i18n } = useLingui()
  const me = useMe().user
  const again = useInviteAgain()
  const withdraw = useUninvite()
  const { name, color } = states[invitation.state]
  const mine = me.role === 'admin' || invitation.role === 'member'
  const error = again.error ?? withdraw.error
  const by = invitation.by
  return (
    <li className={classes.person}>
      <IconMail size={22} className={classes.icon} />
      <div className={classes.words}>
        <span className={classes.plain}>{invitation.email}</span>
        <span className={classes.email}>
          {t(roleNames[invitation.role])} · {by && <Trans>invited by {by}</Trans>}{' '}
          {shortDate(invitation.createdAt, i18n.locale)}
        </span>
      </div>
      <Badge variant="light" color={color}>
        {t(name)}
      </Badge>
      {invitation.state !== 'accepted' && mine && (
        <>
          <Button
            variant="default"
            size="xs"
            loading={again.isPending}
            onClick={() =>
              again.mutate(invitation.id, {
                onSuccess: ({ url, mailed }) => onGiven({ email: invitation.email, url, mailed }),
              })
            }
          >
            <Trans>New link</Trans>
          </Button>
          {invitation.state === 'open' && (
            <Button
              variant="subtle"
              color="red"
              size="xs"
              loading={withdraw.isPending}
              onClick={() => withdraw.mutate(invitation.id)}
            >
              <Trans>Withdraw</Trans>
            </Button>
          )}
        </>
      )}
      {error && <ProblemNotice urgent problem={problemOf(error)} />}
    </li>
  )
}
