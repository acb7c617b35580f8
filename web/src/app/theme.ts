import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const brand: MantineColorsTuple = [
  '#e6fbf3',
  '#d0f3e6',
  '#a2e6cd',
  '#6fd8b1',
  '#45cc99',
  '#2ac58a',
  '#17b57c',
  '#0b8f63',
  '#066f4e',
  '#00543a',
];

/** Colours that pass WCAG AA: Mantine's own dimmed grey is 3.3:1 on white. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-anchor': '#066f4e',
    '--mantine-color-disabled-color': '#5c636a',
  },
  dark: {
    '--mantine-color-dimmed': '#a6a7ab',
    '--mantine-color-placeholder': '#909296',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': '#45cc99',
    '--mantine-color-disabled-color': '#a6a7ab',
  },
});

export const theme = createTheme({
  colors: { brand },
  primaryColor: 'brand',
  primaryShade: 8,
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Devanagari", sans-serif, "Noto Color Emoji"',
  components: {
    // The title in the colour of the alert is below 3:1 on yellow.
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Avatar: { defaultProps: { variant: 'filled', color: 'gray.7' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Table: { defaultProps: { verticalSpacing: 'sm' } },
  },
});
