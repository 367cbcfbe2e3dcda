import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Group, Skeleton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconInbox, IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import { useEmailLog } from '../../api/email'
import { Broken } from '../../ui/Broken'
import { Empty } from '../../ui/Empty'
import { tip } from '../../ui/tip'
import { Panel } from '../settings/Panel'
import { anything, type Filters, LogFilters, queryOf } from './LogFilters'
import { LogLine } from './LogLine'
import { LogMail } from './LogMail'
import classes from './Logs.module.css'

const limit = 25

/** What became of Postroom's own mails, newest first. */
export function Logs() {
  const { t } = useLingui()
  const [filters, setFilters] = useState<Filters>(anything)
  const [offset, setOffset] = useState(0)
  const [open, setOpen] = useState<string>()
  const [settled] = useDebouncedValue(filters, 250)
  const log = useEmailLog({ ...queryOf(settled), offset, limit })
  const change = (next: Filters) => {
    setFilters(next)
    setOffset(0)
  }
  return (
    <Panel
      title={<Trans>Logs</Trans>}
      lead={
        <Trans>
          “Handed over” means that the mail server has taken the mail. Whether it was read, or went to junk,
          nobody tells Postroom.
        </Trans>
      }
      actions={
        <ActionIcon
          onClick={() => log.refetch()}
          loading={log.isFetching}
          data-tip-end
          {...tip(t`Read again`)}
        >
          <IconRefresh size={18} />
        </ActionIcon>
      }
    >
      <LogFilters filters={filters} onChange={change} />
      {log.isPending && <Skeleton h={200} radius="md" />}
      {log.error && !log.data && <Broken error={log.error} retry={() => log.refetch()} />}
      {log.data?.total === 0 && (
        <Empty icon={<IconInbox size={26} />} title={<Trans>No mail here</Trans>}>
          {filters === anything ? (
            <Trans>Postroom has not had anything to say yet.</Trans>
          ) : (
            <Trans>Nothing fits these filters.</Trans>
          )}
        </Empty>
      )}
      {log.data && log.data.total > 0 && (
        <>
          <ul className={classes.list} aria-label={t`Mails from Postroom`}>
            {log.data.lines.map((line) => (
              <LogLine key={line.id} line={line} onOpen={() => setOpen(line.id)} />
            ))}
          </ul>
          <Pager total={log.data.total} offset={offset} onMove={setOffset} />
        </>
      )}
      {open && <LogMail id={open} onClose={() => setOpen(undefined)} />}
    </Panel>
  )
}

function Pager({
  total,
  offset,
  onMove,
}: {
  total: number
  offset: number
  onMove: (offset: number) => void
}) {
  if (total <= limit) return null
  const first = offset + 1
  const last = Math.min(offset + limit, total)
  return (
    <Group justify="space-between">
      <span className={classes.count}>
        <Trans>
          {first} to {last} of {total}
        </Trans>
      </span>
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          disabled={offset === 0}
          onClick={() => onMove(Math.max(0, offset - limit))}
        >
          <Trans>Newer</Trans>
        </Button>
        <Button variant="default" size="xs" disabled={last >= total} onClick={() => onMove(offset + limit)}>
          <Trans>Older</Trans>
        </Button>
      </Group>
    </Group>
  )
}
