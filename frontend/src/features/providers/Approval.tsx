import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { problemOf } from '../../api/problem'
import { useConsentLink } from '../../api/providers'
import { useMe } from '../../api/session'
import type { Provider } from '../../api/types'
import { CopyButton } from '../../ui/CopyButton'
import { ProblemNotice } from '../../ui/ProblemNotice'
import { CopyLine } from './CopyLine'
import classes from './ProviderForm.module.css'

/** The link by which an organisation's administrator approves Postroom, and the words to send along. */
export function Approval({ stored }: { stored: Provider }) {
  const { t } = useLingui()
  const { publicUrl } = useMe()
  const link = useConsentLink()
  const url = link.data?.url
  const letter =
    url &&
    t`Hello,

we read mail with Postroom (${publicUrl}), which runs on our own server. Please approve it once for our organisation in Microsoft 365:

${url}

Sign in with an account that may approve applications (Cloud Application Administrator or Global Administrator) and accept. It asks for these delegated permissions only: sign in, offline access, IMAP and SMTP for the mailbox of the person who connects it. Nobody's mail is opened by this.

The link is good for 30 days. Thank you.`
  return (
    <>
      <p className={classes.lead}>
        <Trans>
          Many organisations let only an administrator approve an application (AADSTS90094). Send them this
          link: they accept once, and after that everyone there can connect. They need no account here.
        </Trans>
      </p>
      {link.error && <ProblemNotice urgent problem={problemOf(link.error)} />}
      {!url ? (
        <Button
          variant="default"
          size="xs"
          className={classes.start}
          loading={link.isPending}
          onClick={() => link.mutate(stored.id)}
        >
          <Trans>Make the link</Trans>
        </Button>
      ) : (
        <>
          <CopyLine label={<Trans>Link for the administrator</Trans>} text={url} />
          <div className={classes.letter}>
            <div className={classes.label}>
              <Trans>Words to send along</Trans>
            </div>
            <CopyButton text={letter ?? ''} />
            <pre>{letter}</pre>
          </div>
        </>
      )}
    </>
  )
}
