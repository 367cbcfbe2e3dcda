import { useLingui } from '@lingui/react/macro'
import { Placeholder } from '@tiptap/extensions'
import { EditorContent, useEditor } from '@tiptap/react'
import StarterKit from '@tiptap/starter-kit'
import { useRef } from 'react'
import classes from './Editor.module.css'
import { Toolbar } from './Toolbar'

type Props = {
  html: string
  focus: boolean
  onChange: (html: string) => void
  /** How the editor itself writes the text that it was given. */
  onReady: (html: string) => void
  onFiles: (files: File[]) => void
}

/** The text of the mail. What is pasted comes through the editor's schema: only what a mail needs stays. */
export function Editor({ html, focus, onChange, onReady, onFiles }: Props) {
  const { t } = useLingui()
  const files = useRef(onFiles)
  files.current = onFiles
  const editor = useEditor({
    extensions: [
      StarterKit.configure({
        codeBlock: false,
        link: { openOnClick: false, defaultProtocol: 'https', protocols: ['mailto', 'tel'] },
      }),
      Placeholder.configure({ placeholder: t`Write your mail …` }),
    ],
    content: html,
    autofocus: focus ? 'start' : false,
    // Styles made at run time would need the page's nonce; ours are in a file.
    injectCSS: false,
    editorProps: {
      attributes: { 'aria-label': t`Text of the mail`, role: 'textbox', 'aria-multiline': 'true' },
      handlePaste: (_view, event) => {
        const pasted = [...(event.clipboardData?.files ?? [])]
        if (pasted.length === 0 || event.clipboardData?.types.includes('text/html')) return false
        files.current(pasted)
        return true
      },
      // Files are dropped on the window, which attaches them.
      handleDrop: (_view, event) => (event.dataTransfer?.files.length ?? 0) > 0,
      handleKeyDown: (_view, event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey),
    },
    onCreate: ({ editor: now }) => onReady(now.isEmpty ? '' : now.getHTML()),
    onUpdate: ({ editor: now }) => onChange(now.isEmpty ? '' : now.getHTML()),
  })
  return (
    <>
      <Toolbar editor={editor} />
      <EditorContent editor={editor} className={classes.text} />
    </>
  )
}
