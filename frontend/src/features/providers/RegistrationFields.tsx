import '@mantine/core/styles/Combobox.layer.css'
import { useLingui } from '@lingui/react/macro'
import { NativeSelect, TextInput } from '@mantine/core'
import { usePresets } from '../../api/providers'
import classes from './ProviderForm.module.css'
import { type Form, inCloud } from './values'

/** Where people sign in, and as what Postroom is known there. */
export function RegistrationFields({ form }: { form: Form }) {
  const { t } = useLingui()
  const presets = usePresets()
  const { kind, cloud, tokenUrl, preset } = form.values
  const microsoft = kind === 'microsoft'
  const clouds: Record<string, string> = {
    global: t`Global (also GCC)`,
    gcchigh: t`US government: GCC High`,
    dod: t`US government: DoD`,
    china: t`China (21Vianet)`,
  }
  const changeCloud = (name: string) => {
    const found = presets.data?.find((p) => p.kind === 'microsoft' && p.cloud === name)
    if (found) form.setValues(inCloud(form.getValues(), found))
  }
  return (
    <>
      <div className={classes.pair}>
        <TextInput
          label={t`Name`}
          description={t`On the button: “Connect … mailbox”`}
          {...form.getInputProps('name')}
        />
        {microsoft && (
          <NativeSelect
            label={t`Cloud`}
            description={t`Each cloud needs a registration of its own`}
            value={cloud}
            data={Object.entries(clouds).map(([value, label]) => ({ value, label }))}
            onChange={(event) => changeCloud(event.currentTarget.value)}
          />
        )}
      </div>
      <div className={classes.pair}>
        <TextInput
          label={t`Client ID`}
          description={t`Application (client) ID`}
          autoComplete="off"
          {...form.getInputProps('clientId')}
        />
        {microsoft && (
          <TextInput
            label={t`Tenant`}
            description={t`Directory (tenant) ID, a domain, common, organizations or consumers`}
            {...form.getInputProps('tenant')}
          />
        )}
      </div>
      {!microsoft && !tokenUrl && preset === 'generic' && (
        <TextInput
          label={t`Issuer`}
          description={t`Where /.well-known/openid-configuration is found`}
          inputMode="url"
          {...form.getInputProps('authority')}
        />
      )}
    </>
  )
}
