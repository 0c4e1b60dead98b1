import { expect, test } from 'vitest'
import { parseSearch, printSearch, toggleTerm, withTerms } from '../../src/pages/runs/search-words.ts'

test('known words become chips and the rest stays text', () => {
  expect(parseSearch('sample:FeO plan:grid_scan map of iron md.temperature:300')).toEqual({
    terms: [
      { name: 'sample', value: 'FeO' },
      { name: 'plan', value: 'grid_scan' },
      { name: 'md.temperature', value: '300' },
    ],
    text: 'map of iron',
  })
})

test('unknown words and comparisons are left to the server', () => {
  expect(parseSearch('foo:bar md.T>300')).toEqual({ terms: [], text: 'foo:bar md.T>300' })
})

test('values with spaces are quoted and come back', () => {
  const words = toggleTerm({ terms: [], text: 'x' }, { name: 'sample', value: 'Fe foil "A"' })
  expect(printSearch(words)).toBe('sample:"Fe foil \\"A\\"" x')
  expect(parseSearch(printSearch(words))).toEqual(words)
})

test('a term is taken away by the same click that added it', () => {
  const words = parseSearch('plan:scan user:me')
  expect(toggleTerm(words, { name: 'plan', value: 'scan' }).terms).toEqual([{ name: 'user', value: 'me' }])
})

test('a chosen day replaces the days before', () => {
  const words = withTerms(
    parseSearch('since:7d plan:scan'),
    ['since', 'until'],
    [{ name: 'since', value: '2026-11-20' }],
  )
  expect(printSearch(words)).toBe('plan:scan since:2026-11-20')
})
