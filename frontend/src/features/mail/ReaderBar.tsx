import { useLingui } from '@lingui/react/macro'
import { ActionIcon } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowBackUpDouble,
  IconArrowForwardUp,
  IconArrowLeft,
  IconChevronDown,
  IconChevronUp,
  IconMail,
  IconStar,
  IconStarFilled,
} from '@tabler/icons-react'
import type { ActKind } from '../../api/actions'
import type { Message, Row } from '../../api/types'
import { useActions } from '../../ui/actions'
import { tip } from '../../ui/tip'
import { useCompose } from '../compose/Desk'
import { useNarrow } from '../shell/nav'
import { LeaveButtons } from './LeaveButtons'
import classes from './ReaderBar.module.css'
import { useRowAct } from './useRowAct'

type Props = {
  row: Row
  message?: Message
  onClose: () => void
  onStep: (by: 1 | -1) => void
  moveOn: (ids: ReadonlySet<string>) => void
  /** The keys are for this mail, and not for a selection in the list. */
  keys: boolean
}

/** What can be done with the open mail. */
export function ReaderBar({ row, message, onClose, onStep, moveOn, keys }: Props) {
  const { t } = useLingui()
  const narrow = useNarrow()
  const act = useRowAct()
  const compose = useCompose()

  const leave = (kind: ActKind, folder?: string) => {
    moveOn(new Set([row.id]))
    void act.run(kind, [row], folder)
  }
  const star = () => act.star(row)
  const unread = () => {
    onClose()
    void act.run('unread', [row])
  }
  const starLabel = row.flagged ? t`Remove the star` : t`Star`
  useActions([
    { id: 'star', label: starLabel, keys: 's', icon: <IconStar />, run: star },
    { id: 'unread', label: t`Mark as unread`, keys: 'Shift+U', icon: <IconMail />, run: unread },
    ...(message
      ? [
          {
            id: 'reply',
            label: t`Reply`,
            keys: 'r',
            icon: <IconArrowBackUp />,
            run: () => compose.open({ kind: 'reply', message }),
          },
          {
            id: 'reply-all',
            label: t`Reply to all`,
            keys: 'a',
            icon: <IconArrowBackUpDouble />,
            run: () => compose.open({ kind: 'replyAll', message }),
          },
          {
            id: 'forward',
            label: t`Forward`,
            keys: 'f',
            icon: <IconArrowForwardUp />,
            run: () => compose.open({ kind: 'forward', message }),
          },
        ]
      : []),
  ])

  return (
    <div className={classes.bar} role="toolbar" aria-label={t`For this mail`}>
      {narrow && (
        <ActionIcon size={44} onClick={onClose} aria-label={t`Back to the list`}>
          <IconArrowLeft size={22} />
        </ActionIcon>
      )}
      {keys && <LeaveButtons rows={[row]} onLeave={leave} />}
      <span className={classes.line} />
      <ActionIcon onClick={unread} {...tip(t`Mark as unread`, 'Shift+U')}>
        <IconMail size={19} stroke={1.7} />
      </ActionIcon>
      <ActionIcon onClick={star} aria-pressed={row.flagged} className={classes.star} {...tip(starLabel, 's')}>
        {row.flagged ? <IconStarFilled size={19} /> : <IconStar size={19} stroke={1.7} />}
      </ActionIcon>
      <span className={classes.space} />
      {!narrow && (
        <>
          <ActionIcon onClick={() => onStep(-1)} {...tip(t`Previous mail`, 'k')}>
            <IconChevronUp size={19} stroke={1.7} />
          </ActionIcon>
          <ActionIcon onClick={() => onStep(1)} data-tip-end {...tip(t`Next mail`, 'j')}>
            <IconChevronDown size={19} stroke={1.7} />
          </ActionIcon>
        </>
      )}
    </div>
  )
}
