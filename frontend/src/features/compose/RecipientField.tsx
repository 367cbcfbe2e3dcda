import { useLingui } from '@lingui/react/macro'
import { Pill, TagsInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ClipboardEvent, useId, useState } from 'react'
import { nameOf } from '../mail/addresses'
import { knownPeople } from './known'
import classes from './RecipientField.module.css'
import { chip, parseAddress, splitRecipients, unique } from './recipients'

type Props = { label: string; value: string[]; onChange: (value: string[]) => void; focus: boolean }

/** Recipients as chips: typed, pasted by the dozen, or chosen from those one has mail with. */
export function RecipientField({ label, value, onChange, focus }: Props) {
  const { t } = useLingui()
  const id = useId()
  const queries = useQueryClient()
  const [known, setKnown] = useState<string[]>([])

  const set = (texts: string[]) =>
    onChange(
      unique(
        texts.flatMap(splitRecipients).map((text) => {
          const address = parseAddress(text)
          return address ? chip(address) : text
        }),
      ),
    )
  const paste = (e: ClipboardEvent) => {
    const list = splitRecipients(e.clipboardData.getData('text/plain'))
    if (list.length < 2 && !list.some(parseAddress)) return
    e.preventDefault()
    set([...value, ...list])
  }

  return (
    <>
      <label className={classes.label} htmlFor={id}>
        {label}
      </label>
      <TagsInput
        id={id}
        className={classes.field}
        variant="unstyled"
        value={value}
        onChange={set}
        onPaste={paste}
        onFocus={() => setKnown(knownPeople(queries).map(chip))}
        data={known}
        limit={6}
        openOnFocus={false}
        splitChars={[',', ';']}
        autoFocus={focus}
        autoComplete="off"
        comboboxProps={{ shadow: 'md' }}
        renderPill={({ value: text, onRemove }) => {
          const address = parseAddress(String(text))
          return (
            <Pill
              className={address ? classes.chip : classes.wrong}
              withRemoveButton
              onRemove={onRemove}
              title={address ? address.addr : t`Not an e-mail address`}
              removeButtonProps={{ 'aria-label': t`Remove ${String(text)}`, tabIndex: -1 }}
            >
              {address ? nameOf(address) : text}
            </Pill>
          )
        }}
      />
    </>
  )
}
