import { useLingui } from '@lingui/react/macro'
import { CloseButton, Progress } from '@mantine/core'
import { fileSize } from '../../ui/size'
import { FileIcon } from '../mail/Attachments'
import classes from './FileList.module.css'
import type { FileState } from './useFiles'

type Props = { files: FileState[]; forwarded: string[]; onRemove: (key: string) => void }

/** What goes along with the mail. */
export function FileList({ files, forwarded, onRemove }: Props) {
  const { t, i18n } = useLingui()
  if (files.length + forwarded.length === 0) return null
  return (
    <ul className={classes.files} aria-label={t`Attachments`}>
      {forwarded.map((name) => (
        <li key={name} className={classes.file}>
          <FileIcon type="" size={18} />
          <span className={classes.name}>{name}</span>
          <span className={classes.size}>{t`from the forwarded mail`}</span>
        </li>
      ))}
      {files.map((file) => (
        <li key={file.key} className={classes.file} data-bad={file.problem ? true : undefined}>
          <FileIcon type={file.type} size={18} />
          <span className={classes.name}>{file.name}</span>
          {file.problem ? (
            <span className={classes.bad}>{file.problem.title}</span>
          ) : file.done ? (
            <span className={classes.size}>{fileSize(file.size, i18n.locale)}</span>
          ) : (
            <Progress
              className={classes.bar}
              value={file.part * 100}
              size={6}
              aria-label={t`${file.name} is on its way`}
            />
          )}
          <CloseButton size={28} onClick={() => onRemove(file.key)} aria-label={t`Remove ${file.name}`} />
        </li>
      ))}
    </ul>
  )
}
