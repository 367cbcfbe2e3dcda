// A Mantine component whose style file is not imported is drawn without style, and nothing fails:
// a dialog as wide as the screen, a switch above its label. This test fails instead.
import { expect, test } from 'vitest'

const sources = import.meta.glob<string>('/src/**/*.{ts,tsx}', {
  query: '?raw',
  import: 'default',
  eager: true,
})
const pages = Object.entries(sources).filter(([file]) => file.endsWith('.tsx'))

const files = Object.keys(import.meta.glob('/node_modules/@mantine/core/styles/*.layer.css'))
const styled = new Set(files.map((file) => /(\w+)\.layer\.css$/.exec(file)?.[1]))

// Components that are drawn with the style of others.
const drawnWith: Record<string, string[]> = {
  ActionIcon: ['UnstyledButton', 'Loader'],
  Button: ['UnstyledButton', 'Loader'],
  Checkbox: ['InlineInput'],
  CloseButton: ['UnstyledButton'],
  Combobox: ['Popover', 'ScrollArea'],
  Drawer: ['ModalBase', 'Overlay', 'CloseButton', 'Paper'],
  Menu: ['Popover', 'UnstyledButton'],
  Modal: ['ModalBase', 'Overlay', 'CloseButton', 'Paper'],
  NativeSelect: ['Input', 'Combobox'],
  Notification: ['CloseButton', 'Loader'],
  PasswordInput: ['Input', 'ActionIcon'],
  Pill: ['CloseButton'],
  Radio: ['InlineInput'],
  SegmentedControl: ['UnstyledButton', 'FloatingIndicator'],
  Switch: ['InlineInput'],
  TagsInput: ['Combobox', 'PillsInput', 'Pill', 'Input', 'Popover'],
  Textarea: ['Input'],
  TextInput: ['Input'],
  Tooltip: ['Popover'],
}

/** What a file imports for its effect alone, and what those import. */
function styles(file: string): string[] {
  const effects = [...(sources[file] ?? '').matchAll(/^import '([^']+)'/gm)].map((m) => m[1] as string)
  return effects.flatMap((name) => {
    const style = /@mantine\/core\/styles\/(\w+|[\w-]+)\.layer\.css/.exec(name)?.[1]
    if (style) return [style]
    if (!name.startsWith('.')) return []
    return styles(new URL(`${name}.ts`, `file://${file}`).pathname)
  })
}

const first = styles('/src/ui/css.ts')
const areas = {
  settings: styles('/src/features/settings/css.ts'),
  compose: styles('/src/features/compose/css.ts'),
  email: styles('/src/features/email/css.ts'),
}

/** The styles that are surely there when a file's components are drawn. */
function present(file: string): Set<string> {
  const settings = /features\/(settings|account|admin|connect|outbox|email|providers)\//.test(file)
  const compose = /features\/compose\/(?!Desk)/.test(file)
  return new Set([
    ...first,
    ...styles(file),
    ...(settings ? areas.settings : []),
    ...(/features\/email\//.test(file) ? areas.email : []),
    ...(compose ? areas.compose : []),
  ])
}

const components = (source: string) =>
  [...source.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)]
    .flatMap((m) => (m[1] as string).split(','))
    .map((name) => name.trim().replace(/^type .*/, ''))
    .filter((name) => /^[A-Z]/.test(name))

test('every Mantine component has its styles', () => {
  expect(styled.size).toBeGreaterThan(50)
  const missing: string[] = []
  for (const [file, source] of pages) {
    const there = present(file)
    for (const name of components(source)) {
      for (const style of [name, ...(drawnWith[name] ?? [])]) {
        if (styled.has(style) && !there.has(style)) missing.push(`${file}: ${style}`)
      }
    }
  }
  expect(missing).toEqual([])
})

test('no style is imported that nothing is drawn with', () => {
  const used = new Set([
    'baseline',
    'default-css-variables',
    'global',
    'Notification',
    'VisuallyHidden',
    'ScrollArea',
  ])
  for (const [, source] of pages) {
    for (const name of components(source)) {
      used.add(name)
      for (const other of drawnWith[name] ?? []) used.add(other)
    }
  }
  const all = new Set(Object.keys(sources).flatMap(styles))
  expect([...all].filter((style) => !used.has(style))).toEqual([])
})
