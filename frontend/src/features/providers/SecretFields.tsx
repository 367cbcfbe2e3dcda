import { Trans, useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Provider, SecretSlot } from '../../api/types'
import { shortDate } from '../../ui/time'
import { DaysLeft } from './DaysLeft'
import { Mark } from './Mark'
import classes from './ProviderForm.module.css'
import { dayOf, endOfDay, type Form, moved } from './values'

type Props = { form: Form; stored?: Provider }

/** Both places for a client secret: while one expires, the other takes over. */
export function SecretFields({ form, stored }: Props) {
  const [adding, setAdding] = useState(false)
  const second = stored?.second.set && !form.values.dropSecond
  return (
    <>
      <Slot
        form={form}
        stored={stored}
        slot={stored?.first}
        secret="clientSecret"
        expires="secretExpiresAt"
      />
      {second || adding ? (
        <Slot
          form={form}
          stored={stored}
          slot={second ? stored?.second : undefined}
          secret="secondSecret"
          expires="secondExpiresAt"
          onDrop={() => {
            setAdding(false)
            form.setValues({ secondSecret: '', secondExpiresAt: 0, dropSecond: Boolean(stored?.second.set) })
          }}
        />
      ) : (
        <Button
          variant="default"
          size="xs"
          className={classes.start}
          onClick={() => {
            setAdding(true)
            form.setFieldValue('dropSecond', false)
          }}
        >
          <Trans>Add a second secret</Trans>
        </Button>
      )}
    </>
  )
}

type SlotProps = Props & {
  slot?: SecretSlot
  secret: 'clientSecret' | 'secondSecret'
  expires: 'secretExpiresAt' | 'secondExpiresAt'
  onDrop?: () => void
}

function Slot({ form, stored, slot, secret, expires, onDrop }: SlotProps) {
  const { t, i18n } = useLingui()
  const again = stored && slot?.set && moved(stored, form.values)
  const when = slot?.set ? shortDate(slot.setAt, i18n.locale) : ''
  const words = !slot?.set
    ? t`Its value, not its ID. Never shown again.`
    : again
      ? t`A place that it is sent to has changed: enter it again.`
      : slot.hint
        ? t`Set, ends …${slot.hint}, entered on ${when}. Empty keeps it.`
        : t`Set, entered on ${when}. Empty keeps it.`
  return (
    <div className={classes.slot}>
      <div className={classes.pair}>
        <PasswordInput
          label={secret === 'clientSecret' ? t`Client secret` : t`Second client secret`}
          description={words}
          placeholder={slot?.hint && !again ? `••••••••${slot.hint}` : undefined}
          autoComplete="new-password"
          {...form.getInputProps(secret)}
        />
        <TextInput
          type="date"
          label={t`Expires on`}
          description={t`As the provider said when it was made; Postroom warns in time.`}
          value={dayOf(form.values[expires])}
          onChange={(event) => form.setFieldValue(expires, endOfDay(event.currentTarget.value))}
        />
      </div>
      {(slot?.set || onDrop) && (
        <div className={classes.marks}>
          {slot?.inUse && (
            <Mark tone="good">
              <Trans>In use</Trans>
            </Mark>
          )}
          {slot && <DaysLeft slot={slot} always />}
          {onDrop && (
            <Button variant="subtle" size="compact-xs" color="red" onClick={onDrop}>
              <Trans>Empty this slot</Trans>
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
