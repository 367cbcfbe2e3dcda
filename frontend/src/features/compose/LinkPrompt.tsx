import '../../ui/dialogCss'
import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, TextInput } from '@mantine/core'
import type { Editor } from '@tiptap/react'
import type { FormEvent } from 'react'

type Props = { editor: Editor; onClose: () => void }

/** Asks where a link leads. */
export default function LinkPrompt({ editor, onClose }: Props) {
  const { t } = useLingui()
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    e.stopPropagation()
    const text = String(new FormData(e.currentTarget).get('href')).trim()
    const href = /^[a-z]+:/i.test(text) || !text ? text : `https://${text}`
    onClose()
    const chain = editor.chain().focus().extendMarkRange('link')
    if (!href) chain.unsetLink().run()
    else if (editor.state.selection.empty && !editor.isActive('link'))
      chain.insertContent({ type: 'text', text, marks: [{ type: 'link', attrs: { href } }] }).run()
    else chain.setLink({ href }).run()
  }
  return (
    <Modal opened onClose={onClose} title={t`Link`} size="sm">
      <form onSubmit={submit}>
        <TextInput
          name="href"
          label={t`Address`}
          placeholder="https://"
          defaultValue={String(editor.getAttributes('link').href ?? '')}
          data-autofocus
        />
        <Group justify="flex-end" mt="md">
          <Button type="submit">
            <Trans>Set the link</Trans>
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
