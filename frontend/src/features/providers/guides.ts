// The guides: which steps each has. A step is a component; its words are its own.
import type { ComponentType } from 'react'
import { googleSteps } from './GoogleSteps'
import { microsoftSteps } from './MicrosoftSteps'
import type { Form } from './values'

export type GuideStep = {
  name: ComponentType
  Content: ComponentType<{ form: Form }>
  /** How it looks when it is done. */
  Done?: ComponentType
  /** What the service says later when it was missed: its code, and in words. */
  missed?: { code: string; Words: ComponentType }[]
}

/** The guide for a preset, where there is one. */
export function guideFor(preset?: string): GuideStep[] | undefined {
  if (preset === 'microsoft') return microsoftSteps
  if (preset === 'google') return googleSteps
  return undefined
}
