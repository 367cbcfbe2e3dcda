import { Trans, useLingui } from '@lingui/react/macro'
import { Badge, Button, Skeleton } from '@mantine/core'
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react'
import { useBrowsers, useEndBrowser, useEndOtherBrowsers } from '../../api/account'
import { problemOf } from '../../api/problem'
import type { Browser } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { ago, mediumTime } from '../../ui/time'
import { useNow } from '../../ui/useNow'
import { Panel } from '../settings/Panel'
import classes from './Account.module.css'

/** Where one is signed in. */
export function Browsers() {
  const { t } = useLingui()
  const browsers = useBrowsers()
  const others = useEndOtherBrowsers()
  return (
    <Panel
      title={<Trans>Where you are signed in</Trans>}
      lead={<Trans>What you do not know, sign out, and set a new password.</Trans>}
      actions={
        browsers.data &&
        browsers.data.length > 1 && (
          <Button variant="default" loading={others.isPending} onClick={() => others.mutate()}>
            <Trans>Sign out all others</Trans>
          </Button>
        )
      }
    >
      {others.error && <ProblemNotice urgent problem={problemOf(others.error)} />}
      {browsers.isPending && <Skeleton h={60} radius="md" />}
      {browsers.error && <Broken error={browsers.error} retry={() => browsers.refetch()} />}
      {browsers.data && (
        <ul className={classes.list} aria-label={t`Where you are signed in`}>
          {browsers.data.map((browser) => (
            <Item key={browser.id} browser={browser} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Item({ browser }: { browser: Browser }) {
  const { t, i18n } = useLingui()
  const now = useNow()
  const end = useEndBrowser()
  const handheld = ['iPhone', 'iPad', 'Android'].includes(browser.system ?? '')
  const what = [browser.browser ?? t`Unknown browser`, browser.system].filter(Boolean).join(' · ')
  return (
    <li className={classes.item}>
      {handheld ? <IconDeviceMobile size={22} /> : <IconDeviceDesktop size={22} />}
      <div className={classes.words}>
        <span className={classes.name}>{what}</span>
        <span className={classes.detail}>
          <Trans>
            Since {mediumTime(browser.since, i18n.locale)}, last seen {ago(browser.seen, now, i18n.locale)}
          </Trans>
        </span>
      </div>
      {browser.current ? (
        <Badge variant="light">
          <Trans>This browser</Trans>
        </Badge>
      ) : (
        <Button
          variant="default"
          size="xs"
          loading={end.isPending}
          onClick={() => end.mutate(browser.id)}
          aria-label={t`Sign out ${what}`}
        >
          <Trans>Sign out</Trans>
        </Button>
      )}
      {end.error && <ProblemNotice urgent problem={problemOf(end.error)} />}
    </li>
  )
}
