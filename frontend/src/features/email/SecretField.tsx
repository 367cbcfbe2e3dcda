import { useLingui } from '@lingui/react/macro'
import { PasswordInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { EmailSettings } from '../../api/types'
import { shortDate } from '../../ui/time'
import { type EmailValues, samePlace } from './values'

type Props = { form: UseFormReturnType<EmailValues>; settings: EmailSettings; label: string; first: string }

/** A password or client secret: masked, shown while it is typed, and never shown again once stored. */
export function SecretField({ form, settings, label, first }: Props) {
  const { t, i18n } = useLingui()
  const { sender, secretHint, secretSetAt } = settings
  const stored = Boolean(secretSetAt) && sender?.kind === form.values.kind
  const kept = stored && samePlace(settings, form.values)
  const when = stored ? shortDate(secretSetAt, i18n.locale) : ''
  const words = !stored
    ? first
    : !kept
      ? t`It would go to another place now: enter it again.`
      : secretHint
        ? t`Set ${when}, ends …${secretHint}. Empty keeps it.`
        : t`Set ${when}. Empty keeps it.`
  return (
    <PasswordInput
      label={label}
      description={words}
      placeholder={kept ? `••••••••${secretHint}` : undefined}
      autoComplete="new-password"
      {...form.getInputProps('secret')}
    />
  )
}
