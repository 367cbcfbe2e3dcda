import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, Skeleton } from '@mantine/core'
import { IconMailShare } from '@tabler/icons-react'
import { useSearchParams } from 'wouter'
import { useFollowLink, useLinkOffer } from '../../api/links'
import { problemOf } from '../../api/problem'
import { Empty } from '../../ui/Empty'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { shortDate } from '../../ui/time'
import { Panel } from '../settings/Panel'
import { Frame } from './Frame'

/** Where a connect link leads: what it is for, and the one button. */
export default function FollowLink() {
  const { t, i18n } = useLingui()
  const [params] = useSearchParams()
  const token = params.get('token') ?? ''
  const offer = useLinkOffer(token)
  const follow = useFollowLink()
  const error = follow.error ?? offer.error
  return (
    <Frame title={t`Connect a mailbox`}>
      {error && <ProblemNotice urgent problem={problemOf(error)} />}
      {offer.isPending && <Skeleton h={220} radius="lg" />}
      {offer.data && (
        <Panel>
          <Empty
            icon={<IconMailShare size={34} stroke={1.5} />}
            title={<Trans>Connect {offer.data.address}</Trans>}
            action={
              <Group justify="center">
                <Button
                  size="md"
                  loading={follow.isPending || follow.isSuccess}
                  onClick={() => follow.mutate(token)}
                >
                  <Trans>Go to the {offer.data.provider.name} sign-in page</Trans>
                </Button>
              </Group>
            }
          >
            {offer.data.by && <Trans>{offer.data.by} asks you to connect this mailbox.</Trans>}{' '}
            <Trans>
              You sign in at {offer.data.provider.name}; Postroom never sees your password, and nobody but you
              reads the mail. The link works once, until {shortDate(offer.data.expiresAt, i18n.locale)}.
            </Trans>
          </Empty>
        </Panel>
      )}
    </Frame>
  )
}
