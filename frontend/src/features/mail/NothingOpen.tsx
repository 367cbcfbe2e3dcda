import { Plural, Trans } from '@lingui/react/macro'
import { Kbd } from '@mantine/core'
import { IconMailOpened } from '@tabler/icons-react'
import { Empty } from '../../ui/Empty'
import { usePreferences } from '../../ui/preferences'
import classes from './NothingOpen.module.css'

/** The reading pane while nothing is open. */
export function NothingOpen({ count }: { count: number | undefined }) {
  const { keys } = usePreferences()
  if (!count) return <div className={classes.pane} />
  return (
    <div className={classes.pane}>
      <Empty
        icon={<IconMailOpened size={32} stroke={1.5} />}
        title={<Plural value={count} one="# mail here" other="# mails here" />}
      >
        {keys ? (
          <Trans>
            Choose one to read it here, or press <Kbd>j</Kbd> for the next, <Kbd>c</Kbd> to write,{' '}
            <Kbd>?</Kbd> for everything else.
          </Trans>
        ) : (
          <Trans>Choose one to read it here.</Trans>
        )}
      </Empty>
    </div>
  )
}
