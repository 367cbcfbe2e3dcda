import { useLingui } from '@lingui/react/macro'
import { Switch, Textarea, TextInput } from '@mantine/core'
import classes from './ProviderForm.module.css'
import type { Form } from './values'

/** Who may connect a mailbox with this provider. */
export function WhoFields({ form }: { form: Form }) {
  const { t } = useLingui()
  return (
    <>
      {form.values.kind === 'microsoft' && (
        <Textarea
          label={t`Allowed tenants`}
          description={t`Directory (tenant) IDs, one on a line. Empty: everyone whom the tenant above lets in.`}
          autosize
          minRows={1}
          maxRows={6}
          {...form.getInputProps('allowedTenants')}
        />
      )}
      <Textarea
        label={t`Allowed addresses`}
        description={t`Addresses and domains such as ada@example.org or @example.org. Empty: all.`}
        autosize
        minRows={1}
        maxRows={6}
        {...form.getInputProps('allowedAddresses')}
      />
      <TextInput
        className={classes.short}
        type="number"
        min={0}
        max={1000}
        label={t`Mailboxes for each person`}
        description={t`0: as many as they like`}
        value={form.values.mailboxesPerUser}
        onChange={(event) => form.setFieldValue('mailboxesPerUser', Number(event.currentTarget.value) || 0)}
      />
      <Switch
        label={t`Switched off: nobody can connect a new mailbox with it`}
        {...form.getInputProps('disabled', { type: 'checkbox' })}
      />
    </>
  )
}
