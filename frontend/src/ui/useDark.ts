import { useComputedColorScheme } from '@mantine/core'

/** Whether the page is dark, right from the first drawing. */
export const useDark = () => useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark'
