import '../../ui/dialogCss'
import '@mantine/core/styles/ScrollArea.layer.css'
import '@mantine/spotlight/styles.layer.css'
import { useLingui } from '@lingui/react/macro'
import { Kbd } from '@mantine/core'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { IconBolt, IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { placePath } from '../../paths'
import { type Action, useDesk } from '../../ui/actions'
import { caps } from '../../ui/keys'
import classes from './Board.module.css'

// What scrolls can be reached by keyboard too. (The list hands this on; its type does not say so.)
const scrolling = { viewportProps: { tabIndex: 0 } }

const [store, board] = createSpotlight()

export default function Board({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useLingui()
  const desk = useDesk()
  const [, go] = useLocation()
  const [query, setQuery] = useState('')
  const [actions, setActions] = useState<Action[]>([])

  useEffect(() => {
    if (!opened) return board.close()
    setActions(desk.all().filter((action) => !action.quiet))
    setQuery('')
    board.open()
  }, [opened, desk])

  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const found = actions.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)))
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      shortcut={null}
      title={t`Everything that can be done`}
      classNames={{ header: classes.header, close: classes.header }}
      scrollable
      maxHeight={440}
      radius="lg"
    >
      <Spotlight.Search
        className={classes.search}
        placeholder={t`What do you want to do?`}
        aria-label={t`What do you want to do?`}
        leftSection={<IconSearch size={18} />}
      />
      <Spotlight.ActionsList {...scrolling}>
        {found.map((action) => (
          <Spotlight.Action key={action.id} onClick={action.run} className={classes.action}>
            <span className={classes.icon}>{action.icon ?? <IconBolt />}</span>
            <span className={classes.label}>{action.label}</span>
            {action.keys && (
              <span className={classes.keys}>
                {caps(action.keys).map((cap) => (
                  <Kbd key={cap} size="xs">
                    {cap}
                  </Kbd>
                ))}
              </span>
            )}
          </Spotlight.Action>
        ))}
        {query.trim() !== '' && (
          <Spotlight.Action onClick={() => go(placePath({ q: query.trim() }))} className={classes.action}>
            <span className={classes.icon}>
              <IconSearch />
            </span>
            <span className={classes.label}>{t`Search mail for “${query.trim()}”`}</span>
          </Spotlight.Action>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
