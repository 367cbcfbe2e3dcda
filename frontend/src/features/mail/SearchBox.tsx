import { useLingui } from '@lingui/react/macro'
import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { Mailbox } from '../../api/types'
import { placePath } from '../../paths'
import { useActions } from '../../ui/actions'
import { usePreferences } from '../../ui/preferences'
import { useNarrow } from '../shell/nav'

type Props = { q?: string; mailbox?: Mailbox; onClear?: () => void }

/** Searches while somebody types. */
export function SearchBox({ q = '', onClear }: Props) {
  const { t } = useLingui()
  const [text, setText] = useState(q)
  const [, go] = useLocation()
  const { keys } = usePreferences()
  const narrow = useNarrow()
  const box = useRef<HTMLInputElement>(null)
  const searching = onClear !== undefined

  const search = (value: string) => {
    if (value.trim()) go(placePath({ q: value.trim() }), { replace: searching })
    else onClear?.()
  }
  const later = useDebouncedCallback(search, 350)
  const clear = () => {
    setText('')
    later.cancel()
    onClear?.()
  }
  const press = (e: KeyboardEvent) => {
    if (e.key === 'Escape') {
      clear()
      box.current?.blur()
    }
    if (e.key !== 'Enter') return
    later.cancel()
    search(text)
    box.current?.blur()
  }
  useActions([
    { id: 'search', label: t`Search`, keys: '/', icon: <IconSearch />, run: () => box.current?.focus() },
  ])

  return (
    <TextInput
      ref={box}
      type="search"
      flex={1}
      value={text}
      onChange={(e) => {
        setText(e.currentTarget.value)
        later(e.currentTarget.value)
      }}
      onKeyDown={press}
      autoFocus={searching}
      placeholder={t`Search mail`}
      aria-label={t`Search mail`}
      leftSection={<IconSearch size={17} />}
      rightSection={
        text ? (
          <CloseButton size={28} onClick={clear} aria-label={t`Clear the search`} />
        ) : (
          keys && !narrow && <Kbd size="xs">/</Kbd>
        )
      }
      size={narrow ? 'md' : 'sm'}
    />
  )
}
