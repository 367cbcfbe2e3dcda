import { Plural, Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconDownload, IconPhotoOff, IconTool } from '@tabler/icons-react'
import type { Message } from '../../api/types'
import { MailFrame } from '../../ui/MailFrame'
import { Notice } from '../../ui/Notice'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { useCompose } from '../compose/Desk'
import { Attachments } from './Attachments'
import classes from './MailBody.module.css'

type Props = {
  message: Message
  light: boolean
  imagesShown: boolean
  onImages: () => void
  refresh: () => void
}

/** The text of a mail, what was kept from it, and its attachments. */
export function MailBody({ message, light, imagesShown, onImages, refresh }: Props) {
  const compose = useCompose()
  const source = (
    <Button
      component="a"
      href={`/api/messages/${message.id}/source`}
      download
      size="compact-sm"
      variant="default"
      leftSection={<IconDownload size={15} />}
    >
      <Trans>Download the source</Trans>
    </Button>
  )
  return (
    <div className={classes.body}>
      {message.problem && (
        <ProblemNotice problem={message.problem} actions={message.frameUrl ? source : undefined} />
      )}
      {message.remoteImages > 0 && !imagesShown && <BlockedImages message={message} onShow={onImages} />}
      {message.defects.length > 0 && !message.problem && (
        <details className={classes.defects}>
          <summary>
            <IconTool size={15} aria-hidden /> <Trans>This mail was not quite in order and was mended</Trans>
          </summary>
          <ul>
            {message.defects.map((defect) => (
              <li key={defect}>{defect}</li>
            ))}
          </ul>
        </details>
      )}
      {message.frameUrl ? (
        <MailFrame
          key={message.frameUrl}
          url={message.frameUrl}
          light={light}
          onMailto={compose.openMailto}
          onExpired={refresh}
        />
      ) : (
        !message.problem && (
          <Notice tone="warn" title={<Trans>The text of this mail is not here yet.</Trans>}>
            <Trans>Postroom fetches it again with the next contact to the mail server.</Trans>
          </Notice>
        )
      )}
      <Attachments message={message} />
    </div>
  )
}

function BlockedImages({ message, onShow }: { message: Message; onShow: () => void }) {
  const trackers = message.trackers.join(', ')
  return (
    <Notice
      tone="calm"
      icon={<IconPhotoOff size={18} />}
      actions={
        <Button size="compact-sm" variant="light" onClick={onShow}>
          <Trans>Show once</Trans>
        </Button>
      }
    >
      <Plural
        value={message.remoteImages}
        one="# picture from elsewhere is not loaded, so that the sender does not learn that you read this."
        other="# pictures from elsewhere are not loaded, so that the sender does not learn that you read this."
      />
      {trackers && (
        <>
          {' '}
          <Trans>Counting pixels of: {trackers}</Trans>
        </>
      )}
    </Notice>
  )
}
