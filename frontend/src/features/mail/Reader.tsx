import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Skeleton } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useCallback, useEffect, useRef } from 'react'
import { useMessage, useThread } from '../../api/messages'
import type { Row } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { Conversation } from './Conversation'
import classes from './Reader.module.css'
import { ReaderBar } from './ReaderBar'
import { useRowAct } from './useRowAct'

type Props = {
  id: string
  /** As the list has it; absent when the list has not (yet) come to it. */
  row?: Row
  onClose: () => void
  onStep: (by: 1 | -1) => void
  moveOn: (ids: ReadonlySet<string>) => void
  keys: boolean
}

/** The open mail within its conversation. */
export function Reader({ id, row: listed, onClose, onStep, moveOn, keys }: Props) {
  const { t } = useLingui()
  const message = useMessage(id, false)
  const row: Row | undefined = listed ?? message.data
  const thread = useThread(row?.thread)
  const act = useRowAct()
  const pane = useRef<HTMLElement>(null)

  const unread = message.data && row && !row.seen ? row : undefined
  const marked = useRef(false)
  useEffect(() => {
    if (!unread || marked.current) return
    marked.current = true
    act.markRead(unread)
  }, [unread, act])

  // Keys that are pressed in a mail's frame go to the page; Tab starts from here.
  useEffect(() => pane.current?.focus({ preventScroll: true }), [])

  const subject = row?.subject || t`(no subject)`
  const rows = thread.data?.messages ?? (row ? [row] : [])
  const shown = rows.some((one) => one.id === id) || !row ? rows : [...rows, row]
  const reveal = useCallback((el: HTMLElement) => el.scrollIntoView({ block: 'start' }), [])

  return (
    <section className={classes.reader} ref={pane} tabIndex={-1} aria-label={subject}>
      {row && (
        <ReaderBar
          row={row}
          message={message.data}
          onClose={onClose}
          onStep={onStep}
          moveOn={moveOn}
          keys={keys}
        />
      )}
      {!row && message.error ? (
        <>
          <Button
            variant="subtle"
            className={classes.back}
            onClick={onClose}
            leftSection={<IconArrowLeft size={18} />}
          >
            <Trans>Back to the list</Trans>
          </Button>
          <Broken error={message.error} retry={() => message.refetch()} />
        </>
      ) : (
        <div className={classes.scroll}>
          <div className={classes.page}>
            {row ? (
              <h1 className={classes.subject}>{subject}</h1>
            ) : (
              <Skeleton h={26} w="60%" my={6} aria-label={t`Loading`} />
            )}
            {shown.length > 1 && (
              <p className={classes.count}>
                <Trans>{shown.length} mails in this conversation</Trans>
              </p>
            )}
            <Conversation rows={shown} open={id} reveal={reveal} />
          </div>
        </div>
      )}
    </section>
  )
}
