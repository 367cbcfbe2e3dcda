// Whose address somebody has typed, as far as its domain tells.
import type { ProviderName } from '../../api/types'

const personal = /@(outlook|hotmail|live|msn)\.[a-z.]+$/i
const google = /@(gmail|googlemail)\.com$/i

/** The provider that an address belongs to, when that is another than the chosen one. */
export function providerOf(
  address: string,
  providers: ProviderName[],
  chosen: ProviderName,
): ProviderName | undefined {
  const fits = (p: ProviderName) =>
    personal.test(address.trim())
      ? p.kind === 'microsoft'
      : google.test(address.trim())
        ? p.kind !== 'microsoft' && /google|gmail/i.test(p.name)
        : true
  return fits(chosen) ? undefined : providers.find(fits)
}
