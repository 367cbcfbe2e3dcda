import { Trans } from '@lingui/react/macro'
import { useMe } from '../../api/session'
import { CopyLine } from './CopyLine'

/** The one address that is entered at the provider. */
export function RedirectURI() {
  const { redirectUri } = useMe()
  return (
    <CopyLine
      label={<Trans>Redirect URI, to be entered at the provider exactly like this</Trans>}
      text={redirectUri}
    />
  )
}
