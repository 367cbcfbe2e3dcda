import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import { timeOfDay } from '../../ui/time'
import type { Draft } from './draft'

const pause = 500

/** The draft while it is typed; written to the browser's storage soon after every change. */
export function useDraft(initial: Draft, onKeep: (draft: Draft) => boolean) {
  const { t, i18n } = useLingui()
  const [draft, setDraft] = useState(initial)
  const [saved, setSaved] = useState('')
  const now = useRef(draft)
  const dirty = useRef(false)
  const keep = useRef(onKeep)
  keep.current = onKeep

  const change = (part: Partial<Draft>) => {
    const next = { ...now.current, ...part }
    if (JSON.stringify(next) === JSON.stringify(now.current)) return
    now.current = next
    dirty.current = true
    setDraft(next)
  }

  useEffect(() => {
    if (!dirty.current || draft !== now.current) return
    const timer = setTimeout(() => {
      dirty.current = false
      const time = timeOfDay(Date.now(), i18n.locale)
      setSaved(keep.current(draft) ? t`Saved here ${time}` : t`This browser cannot keep your text`)
    }, pause)
    return () => clearTimeout(timer)
  }, [draft, i18n.locale, t])

  useEffect(() => {
    const last = () => {
      if (dirty.current) keep.current(now.current)
    }
    addEventListener('pagehide', last)
    return () => removeEventListener('pagehide', last)
  }, [])

  return { draft, change, saved }
}
