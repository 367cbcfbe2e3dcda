import { Plural, useLingui } from '@lingui/react/macro'
import { ActionIcon, CloseButton } from '@mantine/core'
import { IconMail, IconMailOpened } from '@tabler/icons-react'
import type { ActKind } from '../../api/actions'
import { useActions } from '../../ui/actions'
import { tip } from '../../ui/tip'
import { LeaveButtons } from './LeaveButtons'
import classes from './PickBar.module.css'
import type { Pick } from './usePick'
import { useRowAct } from './useRowAct'

type Props = { pick: Pick; moveOn: (ids: ReadonlySet<string>) => void }

/** What can be done to all the mails that are picked. */
export function PickBar({ pick, moveOn }: Props) {
  const { t } = useLingui()
  const act = useRowAct()
  const unread = pick.rows.some((row) => !row.seen)

  const leave = (kind: ActKind, folder?: string) => {
    moveOn(new Set(pick.rows.map((row) => row.id)))
    void act.run(kind, pick.rows, folder)
    pick.clear()
  }
  const mark = () => {
    void act.run(unread ? 'read' : 'unread', pick.rows)
    pick.clear()
  }
  const label = unread ? t`Mark as read` : t`Mark as unread`
  useActions([
    { id: 'drop-pick', label: t`Drop the selection`, keys: 'Escape', run: pick.clear, quiet: true },
  ])

  return (
    <div className={classes.bar} role="toolbar" aria-label={t`For the picked mails`}>
      <CloseButton onClick={pick.clear} aria-label={t`Drop the selection`} />
      <span className={classes.count} role="status">
        <Plural value={pick.rows.length} one="# picked" other="# picked" />
      </span>
      <ActionIcon onClick={mark} {...tip(label)}>
        {unread ? <IconMailOpened size={19} stroke={1.7} /> : <IconMail size={19} stroke={1.7} />}
      </ActionIcon>
      <LeaveButtons rows={pick.rows} onLeave={leave} />
    </div>
  )
}
