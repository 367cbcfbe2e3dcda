import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconArrowBackUp, IconArrowBackUpDouble, IconArrowForwardUp } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useMailboxes } from '../../api/mailboxes'
import { useMessage } from '../../api/messages'
import type { Row } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { useCompose } from '../compose/Desk'
import { others } from '../compose/reply'
import { MailBody } from './MailBody'
import classes from './MailCard.module.css'
import { MailHead } from './MailHead'

type Props = { row: Row; onFold?: () => void; onShown?: (el: HTMLElement) => void }

/** One mail, spread out: head, text, attachments, and the ways to answer it. */
export function MailCard({ row, onFold, onShown }: Props) {
  const { t } = useLingui()
  const [images, setImages] = useState(false)
  const [light, setLight] = useState(false)
  const message = useMessage(row.id, images)
  const mailboxes = useMailboxes().data
  const compose = useCompose()
  const card = useRef<HTMLElement>(null)
  const here = message.data !== undefined
  useEffect(() => {
    if (here && card.current) onShown?.(card.current)
  }, [here, onShown])

  const mine = mailboxes?.map((box) => box.address) ?? []
  const many = message.data ? others(message.data, mine).length > 1 : false
  const answer = (kind: 'reply' | 'replyAll' | 'forward') => {
    if (message.data) compose.open({ kind, message: message.data })
  }
  return (
    <article
      className={classes.card}
      ref={card}
      aria-label={t`Mail from ${row.from[0]?.name || row.from[0]?.addr || ''}`}
    >
      <MailHead
        row={row}
        message={message.data}
        onFold={onFold}
        light={light}
        onLight={setLight}
        onAnswer={answer}
      />
      {message.data ? (
        <MailBody
          message={message.data}
          light={light}
          onImages={() => setImages(true)}
          imagesShown={images}
          refresh={() => message.refetch()}
        />
      ) : (
        message.error && <Broken error={message.error} retry={() => message.refetch()} />
      )}
      {message.data && (
        <div className={classes.answers} {...compose.prefetch}>
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={17} />}
            onClick={() => answer('reply')}
          >
            <Trans>Reply</Trans>
          </Button>
          {many && (
            <Button
              variant="default"
              leftSection={<IconArrowBackUpDouble size={17} />}
              onClick={() => answer('replyAll')}
            >
              <Trans>Reply to all</Trans>
            </Button>
          )}
          <Button
            variant="default"
            leftSection={<IconArrowForwardUp size={17} />}
            onClick={() => answer('forward')}
          >
            <Trans>Forward</Trans>
          </Button>
        </div>
      )}
    </article>
  )
}
