import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textPattern } from '../../src/rules/text-pattern.ts'

test.each([
  ['^mantle', 'mantle_1', true],
  ['^mantle', 'a mantle', false],
  ['event.*17$', 'event 1117', true],
  ['(?i)S26K', 's26kqz', true],
  ['\\bg\\d{2}\\b', 'band g12', true],
  ['[^a-z]', 'abc', false],
  ['é', 'café', true],
])('%s in %s: %s', (pattern, text, wanted) => {
  expect(textPattern(pattern).test(text)).toBe(wanted)
})

test('patterns that would hold up an ordinary engine for years are answered', () => {
  // Each of these takes an engine that goes back more than 2^70 steps.
  expect(textPattern('^(a+)+$').test(`${'a'.repeat(50_000)}!`)).toBe(false)
  expect(textPattern('(x+x+)+y').test('x'.repeat(50_000))).toBe(false)
  expect(textPattern('(.*,){20}z').test(','.repeat(20_000))).toBe(false)
  expect(textPattern('(a|aa)+$').test(`${'a'.repeat(50_000)}!`)).toBe(false)
})

test('what is no pattern, cannot be answered in time or is too large is refused', () => {
  for (const text of ['(', 'a{2,1}', '(?=a)b', '(a)\\1', '((a{1,100}){1,100}){1,100}', 'a'.repeat(11_000)])
    expect(() => textPattern(text)).toThrow(SyntaxError)
})

test('of a very long text the beginning is looked at', () => {
  const pattern = textPattern('x')
  expect(pattern.test(`${'a'.repeat(1_000_000)}x`)).toBe(true)
  expect(pattern.test(`${'a'.repeat(30_000_000)}x`)).toBe(false)
})

test('it finds what JavaScript finds', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '.',
    'a*',
    '(a|b)',
    '[ab]+',
    '^',
    '$',
    'b?',
    '\\w',
    '(?:ab){2}',
    'a+?',
  )
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 6 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 }),
      (pieces, text) => {
        const pattern = pieces.join('')
        expect(textPattern(pattern).test(text)).toBe(new RegExp(pattern).test(text))
      },
    ),
    { numRuns: 2_000 },
  )
})
