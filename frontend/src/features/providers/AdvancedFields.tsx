import { useLingui } from '@lingui/react/macro'
import { Textarea, TextInput } from '@mantine/core'
import type { Form } from './values'

/** What few installations change: addresses by hand, scopes, and a CA of one's own. */
export function AdvancedFields({ form }: { form: Form }) {
  const { t } = useLingui()
  const microsoft = form.values.kind === 'microsoft'
  return (
    <>
      <Textarea label={t`Permissions (scopes)`} autosize minRows={2} {...form.getInputProps('scopes')} />
      {(microsoft || form.values.preset !== 'generic') && (
        <TextInput
          label={microsoft ? t`Authority` : t`Issuer`}
          description={
            microsoft
              ? t`The address without the tenant; the cloud sets it`
              : t`Where /.well-known/openid-configuration is found`
          }
          inputMode="url"
          {...form.getInputProps('authority')}
        />
      )}
      {!microsoft && (
        <>
          <TextInput
            label={t`Authorize address`}
            description={t`By hand, with the token address, for services that publish no metadata`}
            inputMode="url"
            {...form.getInputProps('authorizeUrl')}
          />
          <TextInput label={t`Token address`} inputMode="url" {...form.getInputProps('tokenUrl')} />
          <TextInput
            label={t`Revocation address`}
            description={t`Where a permission is given back when a mailbox is disconnected (RFC 7009)`}
            inputMode="url"
            {...form.getInputProps('revokeUrl')}
          />
        </>
      )}
      <Textarea
        label={t`CA certificate`}
        description={t`Only for servers with a certificate of your own: PEM`}
        placeholder="-----BEGIN CERTIFICATE-----"
        autosize
        minRows={2}
        maxRows={8}
        {...form.getInputProps('caPem')}
      />
    </>
  )
}
