import { useLingui } from '@lingui/react/macro'
import { ActionIcon } from '@mantine/core'
import { IconClockPause, IconPlugConnectedX, IconRefresh } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { Mailbox } from '../../api/types'
import { settingsPath } from '../../paths'
import { tip } from '../../ui/tip'
import classes from './MailboxMark.module.css'

/** A mark beside a mailbox that is not simply well; it leads to where that is explained. */
export function MailboxMark({ mailbox, onGo }: { mailbox: Mailbox; onGo?: () => void }) {
  const { t } = useLingui()
  if (mailbox.state === 'connected') return null
  const { address, state } = mailbox
  const waits = state === 'throttled' || state === 'offline' || state === 'needs_operator'
  const [tone, icon, label] =
    state === 'needs_you' || state === 'needs_admin'
      ? ([
          'bad',
          <IconPlugConnectedX size={15} key="i" />,
          mailbox.problem?.title ?? t`${address} needs attention`,
        ] as const)
      : waits || state === 'paused' || state === 'disconnected' || state === 'receive_only'
        ? ([
            waits ? 'warn' : 'calm',
            <IconClockPause size={15} key="i" />,
            state === 'paused'
              ? t`${address} is paused`
              : state === 'receive_only'
                ? t`${address} receives, but cannot send`
                : state === 'disconnected'
                  ? t`${address} is disconnected`
                  : (mailbox.problem?.title ?? t`${address} is waiting`),
          ] as const)
        : ([
            'calm',
            <IconRefresh size={15} key="i" className={classes.turning} />,
            t`Fetching mail of ${address}`,
          ] as const)
  return (
    <ActionIcon
      component={Link}
      href={settingsPath('mailboxes')}
      onClick={onGo}
      className={classes.mark}
      data-tone={tone}
      size={26}
      data-tip-end
      {...tip(label)}
    >
      {icon}
    </ActionIcon>
  )
}
