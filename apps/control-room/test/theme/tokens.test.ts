import { expect, test } from 'vitest'
import { palettes, stateNames, tokenStyleSheet } from '../../src/theme/tokens.ts'
import { contrast, deficiencies, distance } from './colour-science.ts'

const themes = Object.entries(palettes)

test.each(themes)('texts and states of the theme %s are readable on page and panel', (_name, palette) => {
  for (const surface of [palette.page, palette.panel]) {
    expect(contrast(palette.text, surface)).toBeGreaterThan(7)
    expect(contrast(palette.muted, surface)).toBeGreaterThan(4.5)
    for (const state of stateNames) expect(contrast(palette[state], surface), state).toBeGreaterThan(4.5)
  }
  expect(contrast(palette.onAccent, palette.busy)).toBeGreaterThan(4.5)
  for (const state of ['attention', 'bad'] as const)
    expect(contrast(palette.onChip, palette[state])).toBeGreaterThan(4.5)
})

test.each(themes)('states of the theme %s stay apart for every kind of colour vision', (_name, palette) => {
  for (const deficiency of Object.keys(deficiencies))
    for (const [i, a] of stateNames.entries())
      for (const b of stateNames.slice(i + 1))
        expect(
          distance(palette[a], palette[b], deficiency),
          `${a} ${b} ${deficiency}`,
        ).toBeGreaterThanOrEqual(10)
})

test.each(themes)(
  'plot lines of the theme %s stay apart for every kind of colour vision',
  (_name, palette) => {
    for (const deficiency of Object.keys(deficiencies))
      for (const [i, a] of palette.lines.entries())
        for (const b of palette.lines.slice(i + 1))
          expect(distance(a, b, deficiency), `${a} ${b} ${deficiency}`).toBeGreaterThanOrEqual(10)
  },
)

test('the style sheet names every token of every theme', () => {
  const sheet = tokenStyleSheet()
  for (const [, palette] of themes)
    for (const value of Object.values(palette).flat()) expect(sheet).toContain(value)
})
