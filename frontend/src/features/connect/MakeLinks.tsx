import './css'
import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Group, NativeSelect, Stack, Switch, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useMakeLinks } from '../../api/links'
import { problemOf } from '../../api/problem'
import type { MadeLink, ProviderName } from '../../api/types'
import { ProblemNotice } from '../../ui/ProblemNotice'

type Props = { providers: ProviderName[]; onMade: (made: MadeLink[], mail: boolean) => void }

/** Takes a list of addresses, however it was pasted. */
export function MakeLinks({ providers, onMade }: Props) {
  const { t } = useLingui()
  const [text, setText] = useState('')
  const [provider, setProvider] = useState(providers[0]?.id ?? '')
  const [mail, setMail] = useState(false)
  const make = useMakeLinks()
  const addresses = [...new Set(text.match(/[^\s<>,;"']+@[^\s<>,;"']+/g) ?? [])]
  const count = addresses.length
  const submit = () =>
    make.mutate(
      { provider, addresses, mail },
      {
        onSuccess: (made) => {
          setText('')
          onMade(made, mail)
        },
      },
    )
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault()
        submit()
      }}
    >
      <Stack gap="sm">
        {make.error && <ProblemNotice urgent problem={problemOf(make.error)} />}
        <Textarea
          label={t`Addresses`}
          description={t`One or many; paste a list as it is.`}
          minRows={3}
          rows={3}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        {providers.length > 1 && (
          <NativeSelect
            label={t`Provider`}
            data={providers.map(({ id, name }) => ({ value: id, label: name }))}
            value={provider}
            onChange={(e) => setProvider(e.currentTarget.value)}
          />
        )}
        <Switch
          label={t`Send each link to its address by mail`}
          checked={mail}
          onChange={(e) => setMail(e.currentTarget.checked)}
        />
        <Group>
          <Button type="submit" disabled={count === 0 || !provider} loading={make.isPending}>
            {count > 1 ? <Trans>Make {count} links</Trans> : <Trans>Make the link</Trans>}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
