import './auditCss'
import { Trans, useLingui } from '@lingui/react/macro'
import { Button, NativeSelect, Skeleton } from '@mantine/core'
import { IconListSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { type AuditFilter, useAudit } from '../../api/audit'
import { usePeople } from '../../api/people'
import type { AuditEntry } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { Empty } from '../../ui/Empty'
import { mediumTime } from '../../ui/time'
import { Panel } from '../settings/Panel'
import classes from './Audit.module.css'
import { deeds } from './deeds'

/** Who did what. */
export function Audit() {
  const { t } = useLingui()
  const [filter, setFilter] = useState<AuditFilter>({})
  const people = usePeople()
  const audit = useAudit(filter)
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? []
  const actions = audit.data?.pages[0]?.actions ?? []
  const name = (action: string) => (deeds[action] ? t(deeds[action]) : action)
  return (
    <Panel
      title={<Trans>Audit log</Trans>}
      lead={
        <Trans>
          Sign-ins, and everything that administrators and managers change. It says nothing of what is in
          anybody’s mail.
        </Trans>
      }
    >
      <div className={classes.filter}>
        <NativeSelect
          label={t`Person`}
          value={filter.person ?? ''}
          onChange={(e) => setFilter({ ...filter, person: e.currentTarget.value || undefined })}
          data={[
            { value: '', label: t`Everybody` },
            ...(people.data ?? []).map((user) => ({ value: user.id, label: user.name })),
          ]}
        />
        <NativeSelect
          label={t`What happened`}
          value={filter.action ?? ''}
          onChange={(e) => setFilter({ ...filter, action: e.currentTarget.value || undefined })}
          data={[
            { value: '', label: t`Everything` },
            ...actions.map((action) => ({ value: action, label: name(action) })),
          ]}
        />
      </div>
      {audit.isPending && <Skeleton h={220} radius="md" />}
      {audit.error && <Broken error={audit.error} retry={() => audit.refetch()} />}
      {audit.data && entries.length === 0 && (
        <Empty icon={<IconListSearch size={34} stroke={1.5} />} title={<Trans>Nothing of that kind</Trans>}>
          <Trans>Nothing in the log fits what you chose.</Trans>
        </Empty>
      )}
      {entries.length > 0 && (
        <ol className={classes.list} aria-label={t`Audit log`}>
          {entries.map((entry) => (
            <Line key={entry.id} entry={entry} deed={name(entry.action)} />
          ))}
        </ol>
      )}
      {audit.hasNextPage && (
        <Button
          className={classes.more}
          variant="default"
          loading={audit.isFetchingNextPage}
          onClick={() => audit.fetchNextPage()}
        >
          <Trans>Show older ones</Trans>
        </Button>
      )}
    </Panel>
  )
}

const bad = ['session.refuse', 'session.lock', 'factor.refuse']

function Line({ entry, deed }: { entry: AuditEntry; deed: string }) {
  const { t, i18n } = useLingui()
  const self = entry.user === entry.subject
  const who = entry.userName ?? (entry.user ? t`Somebody who was removed` : t`Nobody signed in`)
  const whom = !self && (entry.subjectName ?? '')
  return (
    <li className={classes.entry} data-bad={bad.includes(entry.action) || undefined}>
      <time className={classes.time} dateTime={new Date(entry.at).toISOString()}>
        {mediumTime(entry.at, i18n.locale)}
      </time>
      <span className={classes.what}>
        <span className={classes.who}>{who}</span> · <span className={classes.deed}>{deed}</span>
        {whom && <> · {whom}</>}
      </span>
      <span className={classes.ip}>{entry.ip}</span>
      {entry.detail && <span className={classes.detail}>{entry.detail}</span>}
    </li>
  )
}
