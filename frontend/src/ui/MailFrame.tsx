// A mail's own document in a frame that has an origin of its own: it can reach nothing of the app.
import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Skeleton } from '@mantine/core'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { frameNews } from './frameNews'
import classes from './MailFrame.module.css'
import { Notice } from './Notice'
import { useDark } from './useDark'

const LinkCheck = lazy(() => import('./LinkCheck'))

type Props = {
  url: string
  /** Shown as it was written, also when the app is dark. */
  light?: boolean
  onMailto: (href: string) => void
  /** The document did not come: its address may have expired. */
  onExpired: () => void
}

const patience = 6000

export function MailFrame({ url, light, onMailto, onExpired }: Props) {
  const { t } = useLingui()
  const dark = useDark() && !light
  const frame = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState(0)
  const [hover, setHover] = useState('')
  const [ask, setAsk] = useState('')
  const [late, setLate] = useState(false)

  useEffect(() => {
    const listen = (e: MessageEvent<unknown>) => {
      if (!frame.current || e.source !== frame.current.contentWindow || e.origin !== 'null') return
      const news = frameNews(e.data)
      if (news?.kind === 'height') {
        setHeight(news.height)
        setLate(false)
      } else if (news?.kind === 'hover') setHover(news.href)
      else if (news?.kind === 'link')
        news.href.startsWith('mailto:') ? onMailto(news.href) : setAsk(news.href)
      else if (news?.kind === 'key') document.documentElement.dispatchEvent(news.event)
    }
    addEventListener('message', listen)
    return () => removeEventListener('message', listen)
  }, [onMailto])

  useEffect(() => {
    if (height > 0) return
    const timer = setTimeout(() => setLate(true), patience)
    return () => clearTimeout(timer)
  }, [height])

  return (
    <div className={classes.holder}>
      {height === 0 && !late && (
        <div className={classes.loading} aria-hidden>
          <Skeleton h={12} w="85%" />
          <Skeleton h={12} w="92%" />
          <Skeleton h={12} w="60%" />
        </div>
      )}
      {late && (
        <Notice
          tone="warn"
          title={<Trans>The text of this mail did not load.</Trans>}
          actions={
            <Button size="compact-sm" variant="default" onClick={onExpired}>
              <Trans>Try again</Trans>
            </Button>
          }
        />
      )}
      <iframe
        ref={frame}
        className={classes.frame}
        title={t`Text of the mail`}
        src={`${url}#${dark ? 'dark' : 'light'}`}
        sandbox="allow-popups allow-popups-to-escape-sandbox allow-scripts"
        referrerPolicy="no-referrer"
        data-loading={height === 0 || undefined}
        style={{ height, colorScheme: dark ? 'dark' : 'light' }}
      />
      {hover && (
        <div className={classes.target} aria-hidden>
          {hover}
        </div>
      )}
      <Suspense fallback={null}>{ask && <LinkCheck href={ask} onClose={() => setAsk('')} />}</Suspense>
    </div>
  )
}
