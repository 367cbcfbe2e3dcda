import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import type { MadeLink } from '../../api/types'
import { CopyButton } from '../../ui/CopyButton'
import { Notice } from '../../ui/Notice'
import classes from './Links.module.css'

type Props = { made: MadeLink[]; mail: boolean; onClose: () => void }

/** The links that were made just now. They are shown this once. */
export function MadeLinks({ made, mail, onClose }: Props) {
  const { copy, copied } = useClipboard({ timeout: 1500 })
  const all = made.filter(({ url }) => url)
  return (
    <Notice
      tone="good"
      urgent
      title={<Trans>Give each link to its person. They are not shown again.</Trans>}
      actions={
        <>
          {all.length > 1 && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => copy(all.map(({ address, url }) => `${address}\t${url}`).join('\n'))}
            >
              {copied ? <Trans>Copied</Trans> : <Trans>Copy all</Trans>}
            </Button>
          )}
          <Button size="compact-sm" variant="default" onClick={onClose}>
            <Trans>Close</Trans>
          </Button>
        </>
      }
    >
      {made.map(({ address, url, mailed, problem }) => (
        <div key={address} className={classes.made}>
          <strong>
            {address} {mailed && <Trans>· sent by mail</Trans>}
            {mail && url && !mailed && (
              <Trans>· not sent: Postroom has no e-mail account of its own yet</Trans>
            )}
          </strong>
          {url ? (
            <>
              <span className={classes.url} data-link>
                {url}
              </span>
              <CopyButton text={url} />
            </>
          ) : (
            <span>
              {problem?.title} {problem?.detail}
            </span>
          )}
        </div>
      ))}
    </Notice>
  )
}
