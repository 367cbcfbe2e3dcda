// Keys as people write them: "j", "#", "Shift+U", "mod+K" (Ctrl, or Cmd on a Mac).

const mac = typeof navigator !== 'undefined' && /Mac|iP(hone|ad|od)/.test(navigator.platform)

export function matches(keys: string, e: KeyboardEvent): boolean {
  return keys.split(' ').some((one) => matchesOne(one, e))
}

function matchesOne(keys: string, e: KeyboardEvent): boolean {
  const parts = keys.split('+')
  const key = parts.pop() as string
  const mod = parts.includes('mod')
  const shift = parts.includes('Shift')
  if (mod !== (e.ctrlKey || e.metaKey) || e.altKey) return false
  // "#" and "?" need Shift on some keyboards and not on others; letters and named keys say what they want.
  const named = key.length > 1 || /[a-z]/i.test(key)
  if (named && shift !== e.shiftKey) return false
  return key.toLowerCase() === e.key.toLowerCase()
}

/** Whether the key goes into a text, a menu or a dialog, and is none of ours. */
export function typing(e: KeyboardEvent): boolean {
  const el = e.target instanceof Element ? e.target : null
  if (!el) return false
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') return el.closest('.ProseMirror') !== null
  const busy =
    'input:not([type=checkbox]), textarea, select, [contenteditable=true], [role=menu], [role=dialog], [role=listbox]'
  if (el.closest(busy)) return true
  // Enter and Space on a button or link are the button's.
  return (e.key === 'Enter' || e.key === ' ') && el.closest('button, a[href], summary') !== null
}

const names: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', Enter: '↵' }

/** The first of the keys, one string for each cap. */
export function caps(keys: string): string[] {
  const first = keys.split(' ')[0] ?? ''
  return first.split('+').map((key) => {
    if (key === 'mod') return mac ? '⌘' : 'Ctrl'
    return names[key] ?? (key.length === 1 && first.includes('+') ? key.toUpperCase() : key)
  })
}
