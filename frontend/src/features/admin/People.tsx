import { Trans } from '@lingui/react/macro'
import { Skeleton } from '@mantine/core'
import { usePeople } from '../../api/people'
import { Broken } from '../../ui/Broken'
import { Panel } from '../settings/Panel'
import { Invitations } from './Invitations'
import classes from './People.module.css'
import { Person } from './Person'

/** Who may sign in here, and who was asked to. */
export function People() {
  const people = usePeople()
  if (people.isPending) return <Skeleton h={180} radius="lg" />
  if (!people.data) return <Broken error={people.error} retry={() => people.refetch()} />
  return (
    <>
      <Panel
        title={<Trans>People</Trans>}
        lead={
          <Trans>Everybody has mailboxes of their own. Administrators do not see other people’s mail.</Trans>
        }
      >
        <ul className={classes.list}>
          {people.data.map((user) => (
            <Person key={user.id} user={user} />
          ))}
        </ul>
      </Panel>
      <Invitations />
    </>
  )
}
