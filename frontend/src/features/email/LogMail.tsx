import { Trans, useLingui } from '@lingui/react/macro'
import { Modal, Skeleton, Stack, Text } from '@mantine/core'
import { useEmailMail } from '../../api/email'
import { Broken } from '../../ui/Broken'
import { mediumTime } from '../../ui/time'
import classes from './Logs.module.css'
import { Mending } from './Mending'
import { statuses } from './words'

/** A mail of the log with its words. Its link is not kept: it was for the recipient alone. */
export function LogMail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t, i18n } = useLingui()
  const mail = useEmailMail(id)
  const hidden = t`[link, for the recipient alone]`
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeButtonProps={{ 'aria-label': t`Close` }}
      title={<Text fw={650}>{mail.data?.subject ?? t`Mail from Postroom`}</Text>}
    >
      {mail.isPending && <Skeleton h={220} radius="md" />}
      {mail.error && <Broken error={mail.error} retry={() => mail.refetch()} />}
      {mail.data && (
        <Stack gap="md">
          <dl className={classes.facts}>
            <dt>
              <Trans>Status</Trans>
            </dt>
            <dd>{t(statuses[mail.data.status])}</dd>
            <dt>
              <Trans>To</Trans>
            </dt>
            <dd>{mail.data.recipient}</dd>
            <dt>
              <Trans>From</Trans>
            </dt>
            <dd>{mail.data.sender || '–'}</dd>
            <dt>
              <Trans>Made</Trans>
            </dt>
            <dd>{mediumTime(mail.data.at, i18n.locale)}</dd>
            <dt>
              <Trans>Tries</Trans>
            </dt>
            <dd>{mail.data.attempts}</dd>
            {mail.data.status === 'queued' && mail.data.nextAt > 0 && (
              <>
                <dt>
                  <Trans>Next try</Trans>
                </dt>
                <dd>{mediumTime(mail.data.nextAt, i18n.locale)}</dd>
              </>
            )}
          </dl>
          {mail.data.problem && <Mending problem={mail.data.problem} commands={mail.data.commands} />}
          <pre className={classes.text}>{mail.data.text.replaceAll('{{link}}', hidden)}</pre>
        </Stack>
      )}
    </Modal>
  )
}
