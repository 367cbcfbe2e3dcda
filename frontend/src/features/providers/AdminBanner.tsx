import { Plural, Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from 'wouter'
import { useProviders } from '../../api/providers'
import { settingsPath } from '../../paths'
import { Notice } from '../../ui/Notice'

/** Tells administrators, on every page of the settings, of a provider whose mailboxes all stand still. */
export default function AdminBanner() {
  const broken = useProviders().data?.filter(({ problem }) => problem) ?? []
  return broken.map(({ id, name, problem, mailboxes }) => (
    <Notice
      key={id}
      tone="bad"
      urgent
      icon={<IconAlertTriangle size={18} />}
      title={
        <Trans>
          {name}: {problem?.title}
        </Trans>
      }
      actions={
        <Button size="compact-sm" component={Link} href={settingsPath('providers')}>
          <Trans>Mend it</Trans>
        </Button>
      }
    >
      {problem?.detail}{' '}
      <Plural
        value={mailboxes}
        one="New mail of # mailbox waits at the provider until this is mended. Nothing is lost."
        other="New mail of # mailboxes waits at the provider until this is mended. Nothing is lost."
      />
    </Notice>
  ))
}
