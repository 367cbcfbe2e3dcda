import { useLingui } from '@lingui/react/macro'
import { ActionIcon } from '@mantine/core'
import {
  IconBlockquote,
  IconBold,
  IconClearFormatting,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
  IconUnderline,
} from '@tabler/icons-react'
import { type Editor, useEditorState } from '@tiptap/react'
import { lazy, Suspense, useState } from 'react'
import { tip } from '../../ui/tip'
import classes from './Toolbar.module.css'

const LinkPrompt = lazy(() => import('./LinkPrompt'))

/** How the text looks. */
export function Toolbar({ editor }: { editor: Editor }) {
  const { t } = useLingui()
  const [linking, setLinking] = useState(false)
  const on = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      bold: now.isActive('bold'),
      italic: now.isActive('italic'),
      underline: now.isActive('underline'),
      bullets: now.isActive('bulletList'),
      numbers: now.isActive('orderedList'),
      quote: now.isActive('blockquote'),
      link: now.isActive('link'),
    }),
  })
  const chain = () => editor.chain().focus()
  const buttons = [
    { label: t`Bold`, Icon: IconBold, on: on.bold, run: () => chain().toggleBold().run() },
    { label: t`Italic`, Icon: IconItalic, on: on.italic, run: () => chain().toggleItalic().run() },
    {
      label: t`Underline`,
      Icon: IconUnderline,
      on: on.underline,
      run: () => chain().toggleUnderline().run(),
    },
    { label: t`List`, Icon: IconList, on: on.bullets, run: () => chain().toggleBulletList().run() },
    {
      label: t`Numbered list`,
      Icon: IconListNumbers,
      on: on.numbers,
      run: () => chain().toggleOrderedList().run(),
    },
    { label: t`Quote`, Icon: IconBlockquote, on: on.quote, run: () => chain().toggleBlockquote().run() },
    { label: t`Link`, Icon: IconLink, on: on.link, run: () => setLinking(true) },
    {
      label: t`Plain text`,
      Icon: IconClearFormatting,
      on: false,
      run: () => chain().unsetAllMarks().clearNodes().run(),
    },
  ]
  return (
    <div className={classes.bar} role="toolbar" aria-label={t`How the text looks`}>
      {buttons.map(({ label, Icon, on: active, run }) => (
        <ActionIcon
          key={label}
          size={32}
          variant={active ? 'light' : 'subtle'}
          color={active ? 'ink' : 'gray'}
          onMouseDown={(e) => e.preventDefault()}
          onClick={run}
          {...tip(label)}
          aria-pressed={active}
        >
          <Icon size={17} stroke={1.8} />
        </ActionIcon>
      ))}
      <Suspense fallback={null}>
        {linking && <LinkPrompt editor={editor} onClose={() => setLinking(false)} />}
      </Suspense>
    </div>
  )
}
