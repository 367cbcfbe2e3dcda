import { Trans } from '@lingui/react/macro'
import { Skeleton } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import { useState } from 'react'
import { useLinks } from '../../api/links'
import { useConnectable } from '../../api/mailboxes'
import type { MadeLink } from '../../api/types'
import { Broken } from '../../ui/Broken'
import { Empty } from '../../ui/Empty'
import { Panel } from '../settings/Panel'
import { LinkCard } from './LinkCard'
import classes from './Links.module.css'
import { MadeLinks } from './MadeLinks'
import { MakeLinks } from './MakeLinks'

/** Asking people to connect their mailboxes, and how far each has come. */
export function Links() {
  const links = useLinks()
  const providers = useConnectable()
  const [made, setMade] = useState<{ links: MadeLink[]; mail: boolean }>()
  if (links.isPending || providers.isPending) return <Skeleton h={180} radius="lg" />
  if (!links.data) return <Broken error={links.error} retry={() => links.refetch()} />
  if (!providers.data) return <Broken error={providers.error} retry={() => providers.refetch()} />
  return (
    <>
      <Panel
        title={<Trans>Ask people to connect their mailboxes</Trans>}
        lead={
          <Trans>
            Each address gets a link that works once, for a week, and for that address alone. Whoever has it
            signs in to Postroom and at their provider by themselves.
          </Trans>
        }
      >
        <MakeLinks providers={providers.data} onMade={(links, mail) => setMade({ links, mail })} />
        {made && <MadeLinks made={made.links} mail={made.mail} onClose={() => setMade(undefined)} />}
      </Panel>
      {links.data.length === 0 ? (
        <Panel>
          <Empty icon={<IconLink size={32} stroke={1.5} />} title={<Trans>Nobody was asked yet</Trans>}>
            <Trans>Here you see who has opened their link, who is connected, and who is stuck and why.</Trans>
          </Empty>
        </Panel>
      ) : (
        <ul className={classes.list}>
          {links.data.map((link) => (
            <LinkCard
              key={link.id}
              link={link}
              provider={providers.data.find(({ id }) => id === link.provider)?.name}
              onMade={(one, mail) => setMade({ links: [one], mail })}
            />
          ))}
        </ul>
      )}
    </>
  )
}
