import { Plural, useLingui } from '@lingui/react/macro'
import {
  IconDownload,
  IconFile,
  IconFileSpreadsheet,
  IconFileText,
  IconFileTypePdf,
  IconFileZip,
  IconMusic,
  IconPhoto,
  IconVideo,
} from '@tabler/icons-react'
import type { Attachment, Message } from '../../api/types'
import { fileSize } from '../../ui/size'
import classes from './Attachments.module.css'

const kinds: [RegExp, typeof IconFile][] = [
  [/^image\//, IconPhoto],
  [/^video\//, IconVideo],
  [/^audio\//, IconMusic],
  [/pdf/, IconFileTypePdf],
  [/zip|tar|compressed/, IconFileZip],
  [/sheet|excel|csv/, IconFileSpreadsheet],
  [/^text\/|word|document/, IconFileText],
]

export function FileIcon({ type, size = 20 }: { type: string; size?: number }) {
  const Icon = kinds.find(([pattern]) => pattern.test(type))?.[1] ?? IconFile
  return <Icon size={size} stroke={1.6} />
}

/** The files that came with a mail. */
export function Attachments({ message }: { message: Message }) {
  const files = message.attachmentsList.filter((file) => !file.inline)
  if (files.length === 0) return null
  return (
    <section className={classes.files}>
      <h2 className={classes.title}>
        <Plural value={files.length} one="# attachment" other="# attachments" />
      </h2>
      <ul className={classes.list}>
        {files.map((file) => (
          <li key={file.index}>
            <File file={file} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function File({ file }: { file: Attachment }) {
  const { t, i18n } = useLingui()
  const name = file.name || t`unnamed file`
  const size = fileSize(file.size, i18n.locale)
  return (
    <a className={classes.file} href={file.url} download={name} title={`${name} (${file.type})`}>
      <FileIcon type={file.type} />
      <span className={classes.text}>
        <span className={classes.name}>{name}</span>
        <span className={classes.size}>{size}</span>
      </span>
      <IconDownload size={17} className={classes.get} aria-label={t`Download`} />
    </a>
  )
}
