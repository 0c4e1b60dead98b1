import fc from 'fast-check'
import { expect, test } from 'vitest'
import { literalText, parseLiteral } from '../../src/form/literal.ts'
import { parseNumber, parseNumbers } from '../../src/form/field-value.ts'

const read = (text: string): unknown => {
  const parsed = parseLiteral(text)
  return parsed.ok ? parsed.value : `at ${parsed.at}`
}

test.each([
  ['None', null],
  ['True', true],
  ["'it''", 'at 4'],
  ["'a\\'b'", "a'b"],
  ['"\\u00b5m"', 'µm'],
  ['(1, 2.5, -3e2,)', [1, 2.5, -300]],
  ['{\'a\': [1], "b": {}}', { a: [1], b: {} }],
  ["{'x', 'y'}", ['x', 'y']],
  ['[1, [2, [3]]]', [1, [2, [3]]]],
  ['1_000', 1000],
  ['__import__("os")', 'at 0'],
  ['[1 2]', 'at 3'],
  ['', 'at 0'],
])('%s is read as %j', (text, value) => {
  expect(read(text)).toEqual(value)
})

test('every JSON value is read as itself', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value)
      const normal: unknown = JSON.parse(text)
      expect(read(literalText(normal))).toEqual(normal)
    }),
  )
})

test('any text is read or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.string(), (text) => void read(text)),
    { numRuns: 1_000 },
  )
  expect(read('['.repeat(500))).toMatch(/^at /)
})

test('numbers can be typed as expressions, lists and series', () => {
  expect(parseNumber('π/2')).toBeCloseTo(Math.PI / 2)
  expect(parseNumber('1 000')).toBe(1000)
  expect(parseNumber('−0.5')).toBe(-0.5)
  expect(parseNumber('abc')).toBeUndefined()
  expect(parseNumbers('1, 2\n3')).toEqual([1, 2, 3])
  expect(parseNumbers('0:0.1:0.3')).toEqual([0, 0.1, 0.2, 0.3])
  expect(parseNumbers('0:0:1')).toBeUndefined()
  expect(parseNumbers('0:1e-9:1e9')).toBeUndefined()
})
