/** The one place where colours are named. Everything else (CSS variables, Mantine, canvas drawing) is made from this. */
export interface Palette {
  readonly page: string
  readonly panel: string
  readonly raise: string
  readonly well: string
  readonly line: string
  readonly lineStrong: string
  readonly text: string
  readonly muted: string
  readonly plotGrid: string
  readonly good: string
  readonly busy: string
  readonly attention: string
  readonly bad: string
  readonly off: string
  readonly selected: string
  readonly attentionTint: string
  readonly badTint: string
  readonly previousRun: string
  readonly onAccent: string
  readonly onChip: string
  readonly outline: string
  readonly accentHover: string
  readonly raiseHover: string
  /** Plot lines, in the order in which they are taken; each has its own dash in `lineDashes`. */
  readonly lines: readonly string[]
}

export type ThemeName = 'dark' | 'light' | 'contrast'

const dark: Palette = {
  page: '#101418',
  panel: '#1a2026',
  raise: '#242c34',
  well: '#13181d',
  line: '#2a333c',
  lineStrong: '#3a4651',
  text: '#e8edf2',
  muted: '#9aa7b4',
  plotGrid: '#262e36',
  good: '#3fc9a7',
  busy: '#6cb6ff',
  attention: '#f2c94c',
  bad: '#ff6b57',
  off: '#8b97a3',
  selected: '#1c2b3b',
  attentionTint: '#2b2717',
  badTint: '#321f1e',
  previousRun: '#84919e',
  onAccent: '#0b1a2a',
  onChip: '#101418',
  outline: '#68747f',
  accentHover: '#83c2ff',
  raiseHover: '#2b353f',
  lines: ['#56b4e9', '#e69f00', '#23a47f', '#f0e442', '#cc79a7', '#e8eaed'],
}

const light: Palette = {
  page: '#f3f5f7',
  panel: '#ffffff',
  raise: '#eef1f4',
  well: '#f7f9fa',
  line: '#dde2e7',
  lineStrong: '#c5cdd5',
  text: '#15191d',
  muted: '#55606b',
  plotGrid: '#e8ecef',
  good: '#007a61',
  busy: '#1257c4',
  attention: '#946200',
  bad: '#a8102a',
  off: '#5b6670',
  selected: '#e6eefa',
  attentionTint: '#fdf4df',
  badTint: '#fceaec',
  previousRun: '#7a8690',
  onAccent: '#ffffff',
  onChip: '#ffffff',
  outline: '#7f8b96',
  accentHover: '#0d479f',
  raiseHover: '#e3e8ed',
  lines: ['#0072b2', '#b35900', '#00795f', '#6b2fa0', '#a8437f', '#15191d'],
}

const contrast: Palette = {
  ...dark,
  page: '#06080a',
  panel: '#0b0f13',
  raise: '#1c242c',
  well: '#06080a',
  line: '#7d8a96',
  lineStrong: '#b6c1cb',
  text: '#ffffff',
  muted: '#d3dbe2',
  plotGrid: '#3a4651',
  off: '#c3ccd4',
  selected: '#12365c',
  previousRun: '#b6c1cb',
  outline: '#d3dbe2',
  raiseHover: '#2f3a45',
}

export const palettes: Readonly<Record<ThemeName, Palette>> = { dark, light, contrast }

/** Dash patterns in CSS pixels, one per entry of `Palette.lines`; an empty list is a solid line. */
export const lineDashes: readonly (readonly number[])[] = [
  [],
  [6, 3],
  [2, 3],
  [8, 3, 2, 3],
  [10, 4],
  [4, 2, 1, 2],
]

/** Surfaces that states are drawn on; contrast and colour distance are tested on these. */
export const stateNames = ['good', 'busy', 'attention', 'bad', 'off'] as const
export type StateName = (typeof stateNames)[number]

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function variables(palette: Palette): string {
  const plain = Object.entries(palette)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([name, value]) => `--${kebab(name)}:${value}`)
  const lines = palette.lines.map((value, index) => `--plot-${index + 1}:${value}`)
  return [...plain, ...lines, `--accent:${palette.busy}`].join(';')
}

/** The style sheet with all tokens as custom properties; `html[data-theme]` chooses the palette. */
export function tokenStyleSheet(): string {
  return [
    `:root{color-scheme:dark;${variables(dark)}}`,
    `@media (prefers-color-scheme: light){:root:not([data-theme]){color-scheme:light;${variables(light)}}}`,
    `:root[data-theme='dark']{color-scheme:dark;${variables(dark)}}`,
    `:root[data-theme='light']{color-scheme:light;${variables(light)}}`,
    `:root[data-theme='contrast']{color-scheme:dark;${variables(contrast)}}`,
  ].join('\n')
}
