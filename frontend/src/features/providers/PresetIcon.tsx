import { IconBrandGoogle, IconBrandOffice, IconBrandYahoo, IconMail, IconMailFast } from '@tabler/icons-react'

export function PresetIcon({ preset }: { preset?: string }) {
  if (preset === 'microsoft') return <IconBrandOffice size={22} aria-hidden />
  if (preset === 'google') return <IconBrandGoogle size={22} aria-hidden />
  if (preset === 'yahoo') return <IconBrandYahoo size={22} aria-hidden />
  if (preset === 'fastmail') return <IconMailFast size={22} aria-hidden />
  return <IconMail size={22} aria-hidden />
}
