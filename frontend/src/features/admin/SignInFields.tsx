import { useLingui } from '@lingui/react/macro'
import { PasswordInput, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { Provider } from '../../api/types'
import { shortDate } from '../../ui/time'
import classes from './ProviderForm.module.css'
import type { ProviderValues } from './presets'

type Props = { form: UseFormReturnType<ProviderValues>; stored?: Provider }

/** Where people sign in, and as what Postroom is known there. */
export function SignInFields({ form, stored }: Props) {
  const { t, i18n } = useLingui()
  const microsoft = form.values.kind === 'microsoft'
  const moved = stored && (stored.authority !== form.values.authority || stored.tenant !== form.values.tenant)
  const hint = stored?.first.hint
  const when = stored?.first.set ? shortDate(stored.first.setAt, i18n.locale) : ''
  const secret = !hint
    ? t`Its value, not its ID. Never shown again.`
    : moved
      ? t`The address has changed: enter it again.`
      : t`Set ${when}, ends …${hint}. Empty keeps it.`
  return (
    <>
      <div className={classes.pair}>
        <TextInput
          label={t`Name`}
          description={t`On the button: “Connect … mailbox”`}
          {...form.getInputProps('name')}
        />
        {microsoft && (
          <TextInput
            label={t`Tenant`}
            description={t`Directory (tenant) ID, a domain, common or organizations`}
            {...form.getInputProps('tenant')}
          />
        )}
      </div>
      <TextInput
        label={microsoft ? t`Authority` : t`Issuer`}
        description={
          microsoft
            ? t`Differs only for national clouds`
            : t`Where /.well-known/openid-configuration is found`
        }
        inputMode="url"
        {...form.getInputProps('authority')}
      />
      <div className={classes.pair}>
        <TextInput
          label={t`Client ID`}
          description={t`Application (client) ID`}
          autoComplete="off"
          {...form.getInputProps('clientId')}
        />
        <PasswordInput
          label={t`Client secret`}
          description={secret}
          placeholder={hint && !moved ? `••••••••${hint}` : undefined}
          autoComplete="new-password"
          {...form.getInputProps('clientSecret')}
        />
      </div>
    </>
  )
}
