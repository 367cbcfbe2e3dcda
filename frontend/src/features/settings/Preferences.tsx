import { Trans, useLingui } from '@lingui/react/macro'
import { Kbd, Radio, SegmentedControl, Stack, Switch, useMantineColorScheme } from '@mantine/core'
import { activate, choose, type Locale, locales } from '../../i18n/locale'
import { usePreferences } from '../../ui/preferences'
import { Panel } from './Panel'

/** What this browser remembers of a person's wishes. */
export function Preferences() {
  const { t, i18n } = useLingui()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { keys, change } = usePreferences()
  const speak = (locale: Locale) => {
    change({ locale })
    void activate(locale)
  }
  return (
    <>
      <Panel title={<Trans>Colours</Trans>}>
        <SegmentedControl
          aria-label={t`Colours`}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
          data={[
            { value: 'light', label: t`Light` },
            { value: 'dark', label: t`Dark` },
            { value: 'auto', label: t`As the system` },
          ]}
        />
      </Panel>
      <Panel
        title={<Trans>Keyboard</Trans>}
        lead={
          <Trans>
            Single keys move through mail and act on it: <Kbd>j</Kbd> next, <Kbd>e</Kbd> archive, <Kbd>r</Kbd>{' '}
            reply. <Kbd>Ctrl</Kbd> <Kbd>K</Kbd> shows everything that can be done, with its key.
          </Trans>
        }
      >
        <Switch
          label={t`Use single keys`}
          checked={keys}
          onChange={(e) => change({ keys: e.currentTarget.checked })}
        />
      </Panel>
      <Panel title={<Trans>Language</Trans>}>
        <Radio.Group
          aria-label={t`Language`}
          value={choose([i18n.locale])}
          onChange={(value) => speak(value as Locale)}
        >
          <Stack gap="xs">
            {Object.entries(locales).map(([value, name]) => (
              <Radio key={value} value={value} label={name} lang={value} />
            ))}
          </Stack>
        </Radio.Group>
      </Panel>
    </>
  )
}
