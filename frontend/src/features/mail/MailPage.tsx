import { useState } from 'react'
import { useSearchParams } from 'wouter'
import { useMailboxes } from '../../api/mailboxes'
import { type Range, useFolderRows } from '../../api/messages'
import { asFilter } from '../../paths'
import { findFolder } from '../folders/roles'
import { FolderEmpty } from './FolderEmpty'
import { FolderHead } from './FolderHead'
import { MailView } from './MailView'

/** Rows asked for beyond those in view, so that the next key finds its row. */
const ahead = 20

export function MailPage({ params }: { params: { folder: string; message?: string } }) {
  const [search] = useSearchParams()
  const show = asFilter(search.get('show'))
  const [range, setRange] = useState<Range>({ first: 0, last: 30 })
  const asked = { first: Math.max(0, range.first - ahead), last: range.last + ahead }
  const rows = useFolderRows(params.folder, show, asked)
  const found = findFolder(useMailboxes().data, params.folder)
  const place = { folder: params.folder, show }

  return (
    <MailView
      key={`${params.folder} ${show}`}
      place={place}
      role={found?.folder.role}
      open={params.message}
      rows={rows}
      total={rows.count}
      onRange={setRange}
      head={<FolderHead place={place} folder={found?.folder} mailbox={found?.mailbox} count={rows.count} />}
      empty={<FolderEmpty mailbox={found?.mailbox} folder={found?.folder} show={show} />}
    />
  )
}
