import { useCallback, useEffect, useRef, useState } from 'react'
import { problemOf } from '../../api/problem'
import { tryProvider } from '../../api/providers'
import type { Problem, Provider, TrialStep } from '../../api/types'
import type { ProviderValues } from './values'

type Trial = { steps: TrialStep[]; running: boolean; problem?: Problem }

/** The test of settings as they stand in the form. A new run ends the one before. */
export function useTrial(stored?: Provider) {
  const [trial, setTrial] = useState<Trial>()
  const current = useRef<AbortController>(undefined)
  useEffect(() => () => current.current?.abort(), [])
  const run = useCallback(
    async (values: ProviderValues) => {
      current.current?.abort()
      const mine = new AbortController()
      current.current = mine
      const tell = (change: (trial: Trial) => Trial) =>
        setTrial((known) => (mine.signal.aborted || !known ? known : change(known)))
      setTrial({ steps: [], running: true })
      try {
        await tryProvider(
          { ...values, id: stored?.id },
          (step) => tell((known) => ({ ...known, steps: [...known.steps, step] })),
          mine.signal,
        )
        tell((known) => ({ ...known, running: false }))
      } catch (error) {
        tell((known) => ({ ...known, running: false, problem: problemOf(error) }))
      }
    },
    [stored?.id],
  )
  return { trial, run }
}
