import { caps } from './keys'

/**
 * The name of a button that shows only a picture: spoken, and shown beside it (base.css). Made of
 * attributes, because the first page has many of them and no room for a tooltip library.
 */
export const tip = (label: string, keys?: string) => ({
  'aria-label': label,
  'data-tip': keys ? `${label}  (${caps(keys).join(' ')})` : label,
})
