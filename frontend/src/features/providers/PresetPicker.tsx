import { useLingui } from '@lingui/react/macro'
import type { ProviderPreset } from '../../api/types'
import { PresetIcon } from './PresetIcon'
import classes from './Providers.module.css'

type Props = { presets: ProviderPreset[]; onPick: (preset: ProviderPreset) => void }

/** The services that the form can fill itself in for, Microsoft once: its cloud is a field. */
export function PresetPicker({ presets, onPick }: Props) {
  const { t } = useLingui()
  const words: Record<string, { name: string; about: string }> = {
    microsoft: {
      name: t`Outlook / Microsoft 365`,
      about: t`Work, school and personal accounts; with a guide`,
    },
    google: { name: t`Gmail / Google Workspace`, about: t`With a short guide` },
    fastmail: { name: 'Fastmail', about: t`Client ID from Fastmail’s support` },
    yahoo: { name: 'Yahoo', about: t`For registrations that exist already` },
    generic: { name: t`Another service`, about: t`OpenID Connect, or addresses by hand` },
  }
  return (
    <ul className={classes.presets}>
      {presets
        .filter(({ cloud }) => !cloud || cloud === 'global')
        .map((preset) => {
          const { name, about } = words[preset.preset ?? ''] ?? { name: preset.name, about: '' }
          return (
            <li key={preset.preset}>
              <button type="button" className={classes.preset} onClick={() => onPick(preset)}>
                <PresetIcon preset={preset.preset} />
                <span className={classes.words}>
                  <span className={classes.name}>{name}</span>
                  <span className={classes.detail}>{about}</span>
                </span>
              </button>
            </li>
          )
        })}
    </ul>
  )
}
