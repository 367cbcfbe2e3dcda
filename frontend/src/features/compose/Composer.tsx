import './css'
import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPaperclip, IconSend2, IconTrash } from '@tabler/icons-react'
import { type DragEvent, type KeyboardEvent, lazy, Suspense, useRef, useState } from 'react'
import { useMailboxes } from '../../api/mailboxes'
import { problemOf } from '../../api/problem'
import { Notice } from '../../ui/Notice'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { tip } from '../../ui/tip'
import classes from './Composer.module.css'
import { ComposerBar } from './ComposerBar'
import { changed, type Draft } from './draft'
import { Editor } from './Editor'
import { FileList } from './FileList'
import { FromField } from './FromField'
import { RecipientFields } from './RecipientFields'
import { useDraft } from './useDraft'
import { useFiles } from './useFiles'
import { useSending } from './useSending'

const Confirm = lazy(() => import('../../ui/Confirm'))

type Props = {
  draft: Draft
  /** The draft as its window first opened. */
  from: Draft
  folded: boolean
  onFold: (folded: boolean) => void
  onKeep: (draft: Draft, from: Draft) => boolean
  onClose: () => void
}

export default function Composer({ draft: initial, from, folded, onFold, onKeep, onClose }: Props) {
  const { t } = useLingui()
  const mailboxes = useMailboxes().data ?? []
  // What the window is compared with when it is closed, as the editor writes it.
  const base = useRef(from)
  const { draft, change, saved } = useDraft(initial, (now) => onKeep(now, base.current))
  const files = useFiles(initial.uploads, (uploads) => change({ uploads }))
  const sending = useSending(draft, files.busy, onClose)
  const [asking, setAsking] = useState(false)
  const [over, setOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)

  const mailbox = mailboxes.find((box) => box.id === draft.mailbox)
  const close = () => (changed(draft, base.current) || files.busy ? setAsking(true) : onClose())
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    files.add(e.dataTransfer.files)
  }
  const press = (e: KeyboardEvent) => {
    // A dialog that belongs to the window stands elsewhere in the page, but its keys bubble here.
    if (!e.currentTarget.contains(e.target as Node)) return
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
      e.preventDefault()
      sending.send()
    }
    if (e.key === 'Escape' && !e.defaultPrevented) onFold(true)
  }
  const title = draft.subject || t`New mail`

  return (
    <section
      className={classes.window}
      data-folded={folded || undefined}
      data-over={over || undefined}
      aria-label={title}
      onKeyDown={press}
      onDragOver={(e) => {
        if (!e.dataTransfer.types.includes('Files')) return
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={(e) => e.currentTarget.contains(e.relatedTarget as Node) || setOver(false)}
      onDrop={drop}
    >
      <ComposerBar title={title} folded={folded} onFold={onFold} onClose={close} />
      {!folded && (
        <>
          <div className={classes.fields}>
            {mailboxes.length > 1 && (
              <FromField
                mailboxes={mailboxes}
                value={draft.mailbox}
                onChange={(id) => change({ mailbox: id })}
              />
            )}
            <RecipientFields draft={draft} onChange={change} focus={draft.to.length === 0} />
            <TextInput
              className={classes.subject}
              variant="unstyled"
              aria-label={t`Subject`}
              placeholder={t`Subject`}
              value={draft.subject}
              onChange={(e) => change({ subject: e.currentTarget.value })}
              maxLength={900}
            />
          </div>
          <Editor
            html={draft.html}
            focus={draft.to.length > 0}
            onChange={(html) => change({ html })}
            onReady={(html) => {
              if (initial.html === from.html) base.current = { ...from, html }
            }}
            onFiles={files.add}
          />
          <div className={classes.below}>
            <FileList files={files.files} forwarded={draft.forwarded} onRemove={files.remove} />
            {mailbox && !mailbox.canSend && (
              <Notice tone="warn" title={t`${mailbox.address} can receive, but not send.`}>
                {mailbox.problem?.action}
              </Notice>
            )}
            {sending.hint && <Notice tone="warn" urgent title={sending.hint} />}
            {sending.error && <ProblemNotice urgent problem={problemOf(sending.error)} />}
          </div>
          <footer className={classes.foot}>
            <Button
              leftSection={<IconSend2 size={17} />}
              aria-keyshortcuts="Control+Enter"
              data-tip="Ctrl+Enter"
              data-tip-up
              onClick={sending.send}
              loading={sending.busy}
              disabled={mailbox?.canSend === false}
            >
              <Trans>Send</Trans>
            </Button>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              onChange={(e) => {
                files.add([...(e.currentTarget.files ?? [])])
                e.currentTarget.value = ''
              }}
            />
            <ActionIcon onClick={() => picker.current?.click()} data-tip-up {...tip(t`Attach files`)}>
              <IconPaperclip size={19} />
            </ActionIcon>
            <span className={classes.saved} role="status">
              {saved}
            </span>
            <ActionIcon onClick={close} data-tip-up data-tip-end {...tip(t`Discard this mail`)}>
              <IconTrash size={19} />
            </ActionIcon>
          </footer>
          {over && (
            <div className={classes.drop} aria-hidden>
              <IconPaperclip size={28} />
              <Trans>Drop to attach</Trans>
            </div>
          )}
        </>
      )}
      <Suspense fallback={null}>
        {asking && (
          <Confirm
            opened
            title={<Trans>Discard this mail?</Trans>}
            yes={<Trans>Discard</Trans>}
            danger
            onYes={onClose}
            onNo={() => setAsking(false)}
          >
            <Trans>What you have written is not sent and is not kept.</Trans>
          </Confirm>
        )}
        {sending.forgot && (
          <Confirm
            opened
            title={<Trans>Without a file?</Trans>}
            yes={<Trans>Send all the same</Trans>}
            onYes={sending.insist}
            onNo={sending.wait}
          >
            <Trans>Your text speaks of an attachment, but nothing is attached.</Trans>
          </Confirm>
        )}
      </Suspense>
    </section>
  )
}
