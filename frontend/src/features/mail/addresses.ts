// Addresses as people read them.
import type { Address } from '../../api/types'

/** The name, or the address where there is none. */
export const nameOf = ({ name, addr }: Address) => name?.trim() || addr

/** "Ada Lovelace <ada@contoso.example>" */
export const full = ({ name, addr }: Address) => (name?.trim() ? `${name.trim()} <${addr}>` : addr)

/** One name in full, several by their first words. */
export function names(list: Address[]): string {
  if (list.length < 2) return list.map(nameOf).join('')
  return list.map((one) => nameOf(one).split(/[\s,@]+/)[0] || one.addr).join(', ')
}

export const people = (list: Address[]) => list.map(full).join(', ')
