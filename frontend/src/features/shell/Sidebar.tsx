import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconPencil, IconSend } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { useRoute } from 'wouter'
import { useOutgoing } from '../../api/outgoing'
import { useMe } from '../../api/session'
import { routes } from '../../paths'
import { Logo } from '../../ui/Logo'
import { useCompose } from '../compose/Desk'
import { FolderList } from '../folders/FolderList'
import { SideLink } from '../folders/SideLink'
import { needsPerson, onItsWay } from '../outbox/states'
import { PersonButton } from './PersonButton'
import classes from './Sidebar.module.css'

const UserMenu = lazy(() => import('./UserMenu'))

/** The left pane: write, folders, outbox, and the person. */
export function Sidebar({ onGo }: { onGo?: () => void }) {
  const { t } = useLingui()
  const { user } = useMe()
  const compose = useCompose()
  const [inOutbox] = useRoute(routes.outbox)
  const outgoing = useOutgoing().data ?? []
  const stuck = outgoing.filter((mail) => needsPerson(mail.state)).length
  const going = outgoing.filter((mail) => onItsWay(mail.state)).length

  const write = () => {
    onGo?.()
    compose.open()
  }
  return (
    <nav className={classes.sidebar} aria-label={t`Folders`}>
      <div className={classes.brand}>
        <Logo />
        Postroom
      </div>
      <div className={classes.compose}>
        <Button
          fullWidth
          size="md"
          leftSection={<IconPencil size={18} />}
          onClick={write}
          {...compose.prefetch}
        >
          <Trans>Write</Trans>
        </Button>
      </div>
      <div className={classes.scroll}>
        <FolderList onGo={onGo} />
      </div>
      <div className={classes.foot}>
        <SideLink
          href={routes.outbox}
          icon={<IconSend size={18} stroke={1.7} />}
          label={t`Outbox`}
          current={inOutbox}
          count={stuck || going}
          countLabel={stuck ? t`${stuck} need you` : t`${going} on their way`}
          alarm={stuck > 0}
          onGo={onGo}
        />
        <Suspense fallback={<PersonButton user={user} />}>
          <UserMenu onGo={onGo} />
        </Suspense>
      </div>
    </nav>
  )
}
