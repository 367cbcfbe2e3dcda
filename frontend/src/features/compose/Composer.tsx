import './css'
import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, NativeSelect, TextInput, Tooltip } from '@mantine/core'
import { IconPaperclip, IconSend2, IconTrash } from '@tabler/icons-react'
import { type DragEvent, type KeyboardEvent, useRef, useState } from 'react'
import { useMailboxes } from '../../api/mailboxes'
import { problemOf } from '../../api/problem'
import { Confirm } from '../../ui/Confirm'
import { Notice } from '../../ui/Notice'
import { ProblemNotice } from '../../ui/ProblemNotice'
import classes from './Composer.module.css'
import { ComposerBar } from './ComposerBar'
import { changed, type Draft } from './draft'
import { Editor } from './Editor'
import { FileList } from './FileList'
import { RecipientFields } from './RecipientFields'
import { useDraft } from './useDraft'
import { useFiles } from './useFiles'
import { useSending } from './useSending'

type Props = {
  draft: Draft
  /** The draft as its window first opened. */
  from: Draft
  folded: boolean
  onFold: (folded: boolean) => void
  onKeep: (draft: Draft) => boolean
  onClose: () => void
}

export default function Composer({ draft: initial, from, folded, onFold, onKeep, onClose }: Props) {
  const { t } = useLingui()
  const mailboxes = useMailboxes().data ?? []
  const { draft, change, saved } = useDraft(initial, onKeep)
  const files = useFiles(initial.uploads, (uploads) => change({ uploads }))
  const sending = useSending(draft, files.busy, onClose)
  const [asking, setAsking] = useState(false)
  const [over, setOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)

  const mailbox = mailboxes.find((box) => box.id === draft.mailbox)
  const close = () => (changed(draft, from) || files.busy ? setAsking(true) : onClose())
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
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and drops bubble up from the fields inside
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
              <NativeSelect
                className={classes.from}
                variant="unstyled"
                aria-label={t`From`}
                leftSection={<span className={classes.label}>{t`From`}</span>}
                leftSectionWidth={64}
                value={draft.mailbox}
                onChange={(e) => change({ mailbox: e.currentTarget.value })}
                data={mailboxes.map((box) => ({
                  value: box.id,
                  label: box.displayName ? `${box.displayName} <${box.address}>` : box.address,
                  disabled: !box.canSend,
                }))}
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
            <Tooltip label={t`Ctrl+Enter`}>
              <Button
                leftSection={<IconSend2 size={17} />}
                onClick={sending.send}
                loading={sending.busy}
                disabled={mailbox?.canSend === false}
              >
                <Trans>Send</Trans>
              </Button>
            </Tooltip>
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
            <Tooltip label={t`Attach files`}>
              <ActionIcon onClick={() => picker.current?.click()} aria-label={t`Attach files`}>
                <IconPaperclip size={19} />
              </ActionIcon>
            </Tooltip>
            <span className={classes.saved} role="status">
              {saved}
            </span>
            <Tooltip label={t`Discard`}>
              <ActionIcon onClick={close} aria-label={t`Discard this mail`}>
                <IconTrash size={19} />
              </ActionIcon>
            </Tooltip>
          </footer>
          {over && (
            <div className={classes.drop} aria-hidden>
              <IconPaperclip size={28} />
              <Trans>Drop to attach</Trans>
            </div>
          )}
        </>
      )}
      <Confirm
        opened={asking}
        title={<Trans>Discard this mail?</Trans>}
        yes={<Trans>Discard</Trans>}
        danger
        onYes={onClose}
        onNo={() => setAsking(false)}
      >
        <Trans>What you have written is not sent and is not kept.</Trans>
      </Confirm>
      <Confirm
        opened={sending.forgot}
        title={<Trans>Without a file?</Trans>}
        yes={<Trans>Send all the same</Trans>}
        onYes={sending.insist}
        onNo={sending.wait}
      >
        <Trans>Your text speaks of an attachment, but nothing is attached.</Trans>
      </Confirm>
    </section>
  )
}
