import { Trans } from '@lingui/react/macro'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useSearchParams } from 'wouter'
import { type Range, useSearchRows } from '../../api/messages'
import { Empty } from '../../ui/Empty'
import { MailView } from './MailView'
import { SearchHead } from './SearchHead'

export function SearchPage({ params }: { params: { message?: string } }) {
  const [search] = useSearchParams()
  const q = search.get('q') ?? ''
  const mailbox = search.get('in') ?? undefined
  const [range, setRange] = useState<Range>({ first: 0, last: 30 })
  const rows = useSearchRows(q, mailbox, range)

  return (
    <MailView
      place={{ q, in: mailbox }}
      open={params.message}
      rows={q.trim() ? rows : { ...rows, count: 0 }}
      onRange={setRange}
      head={<SearchHead q={q} mailbox={mailbox} count={rows.count} scope={rows.scope} />}
      empty={
        <Empty
          icon={<IconSearch size={32} stroke={1.5} />}
          title={q.trim() ? <Trans>Nothing found</Trans> : <Trans>What are you looking for?</Trans>}
        >
          <Trans>
            All words must be in a mail; “two words” in quotes stand together, -word leaves mails out. from:,
            to: and subject: look in one place only.
          </Trans>
        </Empty>
      }
    />
  )
}
