import { Trans } from '@lingui/react/macro'
import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Provider } from '../../api/types'
import { AdvancedFields } from './AdvancedFields'
import { Approval } from './Approval'
import { MailHostFields } from './MailHostFields'
import { RedirectURI } from './RedirectURI'
import { RegistrationFields } from './RegistrationFields'
import { SecretFields } from './SecretFields'
import { Section } from './Section'
import type { Form } from './values'
import { WhoFields } from './WhoFields'

type Props = { form: Form; stored?: Provider; children: ReactNode }

/** All settings of a provider, in parts. What its preset has filled in well is folded away. */
export function AllSettings({ form, stored, children }: Props) {
  const generic = form.values.preset === 'generic'
  return (
    <Stack gap="lg">
      <RedirectURI />
      <Section title={<Trans>Registration</Trans>}>
        <RegistrationFields form={form} />
      </Section>
      <Section
        title={<Trans>Client secrets</Trans>}
        lead={
          <Trans>
            Enter a new secret before the old one expires: a second slot lets both live side by side, and
            Postroom uses the one that works. A new secret is tried before it takes over.
          </Trans>
        }
      >
        <SecretFields form={form} stored={stored} />
      </Section>
      <Section title={<Trans>Who may connect</Trans>} folded>
        <WhoFields form={form} />
      </Section>
      {stored?.kind === 'microsoft' && (
        <Section title={<Trans>Approval by an organisation’s administrator</Trans>} folded>
          <Approval stored={stored} />
        </Section>
      )}
      <Section title={<Trans>Mail servers</Trans>} folded={!generic}>
        <MailHostFields form={form} stored={stored} />
      </Section>
      <Section title={<Trans>Addresses, permissions and CA</Trans>} folded={!generic}>
        <AdvancedFields form={form} />
      </Section>
      {children}
    </Stack>
  )
}
