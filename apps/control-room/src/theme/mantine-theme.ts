import { colorsTuple, createTheme, type CSSVariablesResolver } from '@mantine/core'
import { palettes } from './tokens.ts'

/** Mantine parts take their colours from the token file; the tuple is only there because Mantine wants a scale. */
export const mantineTheme = createTheme({
  primaryColor: 'accent',
  primaryShade: 5,
  colors: { accent: colorsTuple(palettes.dark.busy) },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  defaultRadius: 4,
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Tooltip: {
      defaultProps: {
        openDelay: 300,
        position: 'bottom',
        withinPortal: true,
        multiline: true,
        maw: 320,
        transitionProps: { duration: 0 },
      },
    },
    Menu: {
      defaultProps: { transitionProps: { duration: 0 }, shadow: 'none', offset: 4, position: 'bottom-end' },
    },
    Popover: { defaultProps: { transitionProps: { duration: 0 }, shadow: 'none' } },
    Modal: {
      defaultProps: {
        transitionProps: { duration: 0 },
        shadow: 'none',
        centered: true,
        overlayProps: { backgroundOpacity: 0.6 },
      },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 0 }, shadow: 'none' } },
  },
})

const shared = {
  '--mantine-color-body': 'var(--panel)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--muted)',
  '--mantine-color-bright': 'var(--text)',
  '--mantine-color-default': 'var(--raise)',
  '--mantine-color-default-hover': 'var(--raise-hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-placeholder': 'var(--muted)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-primary-color-filled': 'var(--accent)',
  '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
  '--mantine-color-disabled': 'var(--raise)',
  '--mantine-color-disabled-color': 'var(--muted)',
  '--mantine-color-disabled-border': 'var(--line)',
}

export const mantineVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared })
