import { Trans, useLingui } from '@lingui/react/macro'
import { Skeleton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { Link } from 'wouter'
import { useProblems } from '../../api/problems'
import { Broken } from '../../ui/Broken'
import { Empty } from '../../ui/Empty'
import { Logo } from '../../ui/Logo'
import { find } from './find'
import { Line } from './Line'
import classes from './Problems.module.css'

/** The problem dictionary, for whoever met one: signed in or not. The address's fragment names the problem. */
export default function Problems() {
  const { t } = useLingui()
  const problems = useProblems()
  const [search, setSearch] = useState('')
  const [came] = useState(() => decodeURIComponent(location.hash.slice(1)))
  const sought = useDeferredValue(search)
  const found = useMemo(() => find(problems.data ?? [], sought), [problems.data, sought])
  return (
    <main className={classes.page}>
      <header className={classes.head}>
        <Link href="/" className={classes.brand}>
          <Logo size={28} />
          Postroom
        </Link>
        <h1 className={classes.title}>
          <Trans>What can go wrong, and what to do</Trans>
        </h1>
        <p className={classes.lead}>
          <Trans>
            Look for the words on your screen, for a number such as 50076, or paste the whole text under
            “Details”.
          </Trans>
        </p>
        <TextInput
          type="search"
          aria-label={t`Search problems`}
          placeholder={t`Search problems`}
          leftSection={<IconSearch size={16} />}
          value={search}
          onChange={(e) => setSearch(e.currentTarget.value)}
        />
      </header>
      {problems.isPending && <Skeleton h={320} radius="lg" />}
      {problems.error && <Broken error={problems.error} retry={() => problems.refetch()} />}
      {problems.data && found.length === 0 && (
        <Empty icon={<IconSearch size={40} stroke={1.2} />} title={<Trans>Nothing here says that</Trans>}>
          <Trans>Try fewer words, or the number alone.</Trans>
        </Empty>
      )}
      {found.map((chapter) => (
        <section key={chapter.id} aria-labelledby={`chapter-${chapter.id}`} lang="en">
          <h2 id={`chapter-${chapter.id}`} className={classes.chapter}>
            {chapter.title}
          </h2>
          <p className={classes.about}>{chapter.about}</p>
          <ul className={classes.lines}>
            {chapter.lines.map((line) => (
              <Line key={line.ids[0]} line={line} here={line.ids.includes(came)} />
            ))}
          </ul>
        </section>
      ))}
    </main>
  )
}
