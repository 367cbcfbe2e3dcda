import { Trans, useLingui } from '@lingui/react/macro'
import { Skeleton } from '@mantine/core'
import { IconMailOff } from '@tabler/icons-react'
import { useEmailSettings } from '../../api/email'
import { choose } from '../../i18n/locale'
import { Broken } from '../../ui/Broken'
import { Notice } from '../../ui/Notice'
import { mediumTime } from '../../ui/time'
import { AccountForm } from './AccountForm'
import { Mending } from './Mending'
import { valuesOf } from './values'

/** The account that sends: what is set up, how it fares, and the form that changes it. */
export function Account() {
  const { i18n } = useLingui()
  const settings = useEmailSettings()
  if (settings.isPending) return <Skeleton h={320} radius="lg" />
  if (!settings.data) return <Broken error={settings.error} retry={() => settings.refetch()} />
  const { sender, problem, problemAt, commands } = settings.data
  const since = mediumTime(problemAt, i18n.locale)
  return (
    <>
      {!sender && (
        <Notice
          tone="warn"
          icon={<IconMailOff size={18} />}
          title={<Trans>Postroom sends no mail of its own yet.</Trans>}
        >
          <Trans>
            Invitations and new passwords have to be handed over as links, and nobody is told by mail that
            their mailbox needs them. What would have been sent is dropped; the log says so.
          </Trans>
        </Notice>
      )}
      {problem && (
        <Mending problem={problem} commands={commands}>
          <Trans>The last mail could not be sent ({since}).</Trans>
        </Mending>
      )}
      <AccountForm
        key={sender?.version ?? 0}
        settings={settings.data}
        initial={valuesOf(settings.data, choose([i18n.locale]))}
      />
    </>
  )
}
