// Acts on mails with what people need around them: a word about it, a way back, a reason when refused.
import { plural } from '@lingui/core/macro'
import { useCallback, useMemo } from 'react'
import { type ActKind, leaves, useAct } from '../../api/actions'
import { problemOf } from '../../api/problem'
import type { Row } from '../../api/types'
import { complain, offerUndo } from '../../ui/toast'

const reverse: Partial<Record<ActKind, ActKind>> = {
  read: 'unread',
  unread: 'read',
  star: 'unstar',
  unstar: 'star',
}

function said(kind: ActKind, n: number): string | undefined {
  switch (kind) {
    case 'archive':
      return plural(n, { one: 'Mail archived', other: '# mails archived' })
    case 'trash':
      return plural(n, { one: 'Mail deleted', other: '# mails deleted' })
    case 'junk':
      return plural(n, { one: 'Mail moved to Junk', other: '# mails moved to Junk' })
    case 'move':
      return plural(n, { one: 'Mail moved', other: '# mails moved' })
    case 'unread':
      return plural(n, { one: 'Marked as unread', other: '# mails marked as unread' })
    default:
      return undefined // a star shows by itself; deleted for good has no way back
  }
}

export function useRowAct() {
  const act = useAct()

  const run = useCallback(
    async (kind: ActKind, rows: Row[], folder?: string) => {
      if (rows.length === 0) return
      try {
        const done = act({ kind, rows, folder })
        const text = said(kind, rows.length)
        if (text) offerUndo(text, () => void takeBack(kind, rows, act))
        await done
      } catch (error) {
        complain(problemOf(error))
      }
    },
    [act],
  )
  return useMemo(
    () => ({
      run,
      star: (row: Row) => void run(row.flagged ? 'unstar' : 'star', [row]),
      markRead: (row: Row) => void run('read', [row]),
    }),
    [run],
  )
}

/** The inverse act: flags back, or everything back to the folder it came from. */
async function takeBack(kind: ActKind, rows: Row[], act: ReturnType<typeof useAct>) {
  try {
    const back = reverse[kind]
    if (back) await act({ kind: back, rows })
    if (!leaves(kind)) return
    const homes = Map.groupBy(rows, (row) => row.folder)
    for (const [folder, some] of homes) await act({ kind: 'move', rows: some, folder })
  } catch (error) {
    complain(problemOf(error))
  }
}
