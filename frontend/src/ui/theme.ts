// Postroom's look in Mantine's terms. Every pair of text and ground here meets WCAG 2.2 AA.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const ink: MantineColorsTuple = [
  '#eef3ff',
  '#dbe5fe',
  '#b8ccfb',
  '#91aff6',
  '#6f95f1',
  '#567fe9',
  '#466fe0',
  '#3a5fcd',
  '#3152b4',
  '#274396',
]

const red: MantineColorsTuple = [
  '#fdeceb',
  '#fad7d5',
  '#f5b1ad',
  '#ef8882',
  '#e9655d',
  '#e04d44',
  '#d63d34',
  '#c8322a',
  '#b3261e',
  '#93211c',
]

const night: MantineColorsTuple = [
  '#d6d9df',
  '#b9bec8',
  '#9aa0ad',
  '#6d7482',
  '#434955',
  '#343943',
  '#2a2e37',
  '#1c1f26',
  '#16181e',
  '#101216',
]

export const theme = createTheme({
  colors: { ink, red, dark: night },
  primaryColor: 'ink',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  headings: { fontWeight: '650' },
  components: {
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, shadow: 'md', radius: 'md' } },
    Modal: { defaultProps: { centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.45 } } },
    Badge: { defaultProps: { tt: 'none', fw: 600 } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 36 } },
  },
})

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636e',
    '--mantine-color-placeholder': '#6b7180',
    '--mantine-color-gray-light-color': '#454b55',
    '--mantine-color-text': '#1a1d23',
    '--mantine-color-red-light-color': '#b3261e',
  },
  dark: {
    '--mantine-color-dimmed': '#a3a8b3',
    '--mantine-color-placeholder': '#989eaa',
    '--mantine-color-gray-light-color': '#c6cad2',
    '--mantine-color-anchor': '#91aff6',
    '--mantine-color-red-light-color': '#ffb4ae',
    '--mantine-color-ink-light-color': '#b8ccfb',
  },
})
