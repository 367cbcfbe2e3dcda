import '../settings/css'
import { Trans } from '@lingui/react/macro'
import { Skeleton } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { useOutgoing } from '../../api/outgoing'
import { Broken } from '../../ui/Broken'
import { Empty } from '../../ui/Empty'
import { NavButton } from '../shell/nav'
import classes from './Outbox.module.css'
import { OutgoingCard } from './OutgoingCard'
import { needsPerson } from './states'

/** Every mail that was handed over for sending, and what became of it. */
export default function Outbox() {
  const outgoing = useOutgoing()
  return (
    <main className={classes.outbox}>
      <header className={classes.head}>
        <NavButton />
        <h1 className={classes.title}>
          <Trans>Outbox</Trans>
        </h1>
      </header>
      <div className={classes.scroll}>
        <div className={classes.page}>
          {outgoing.isPending ? (
            <Skeleton h={90} radius="lg" />
          ) : !outgoing.data ? (
            <Broken error={outgoing.error} retry={() => outgoing.refetch()} />
          ) : outgoing.data.length === 0 ? (
            <Empty icon={<IconSend size={32} stroke={1.5} />} title={<Trans>Nothing on its way</Trans>}>
              <Trans>Mail that you send appears here until it has safely left, and says so.</Trans>
            </Empty>
          ) : (
            [...outgoing.data]
              .sort(
                (a, b) =>
                  Number(needsPerson(b.state)) - Number(needsPerson(a.state)) || b.createdAt - a.createdAt,
              )
              .map((mail) => <OutgoingCard key={mail.id} mail={mail} />)
          )}
        </div>
      </div>
    </main>
  )
}
