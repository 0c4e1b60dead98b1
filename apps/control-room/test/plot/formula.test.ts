import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  cumulative,
  derivative,
  formulaColumn,
  movingMean,
  normalised,
} from '../../src/plot/derived-column.ts'
import { evaluateFormula, parseFormula } from '../../src/plot/formula.ts'

function value(text: string, names: Readonly<Record<string, number>> = {}): number | string {
  const parsed = parseFormula(text)
  return parsed.ok ? evaluateFormula(parsed.formula, (name) => names[name] ?? Number.NaN) : parsed.text
}

test.each([
  ['1+2*3', 7],
  ['(1+2)*3', 9],
  ['2^3^2', 512],
  ['-2^2', -4],
  ['1e-3*2', 0.002],
  ['pi/2', Math.PI / 2],
  ['sqrt(16) - abs(-3)', 1],
  ['10 - 2 - 3', 5],
  ['2**3', 8],
])('%s is %s', (text, result) => {
  expect(value(text)).toBeCloseTo(result)
})

test('names are columns', () => {
  expect(value('det / i0 - 0.5', { det: 3, i0: 2 })).toBe(1)
})

test.each([
  ['', 'something is missing at the end'],
  ['1 +', 'something is missing at the end'],
  ['(1', 'a ")" is missing'],
  ['1 2', '"2" is not expected here'],
  ['alert("x")', '""x")" cannot be read'],
])('%j is refused in words', (text, words) => {
  expect(value(text)).toBe(words)
})

test('division by zero leaves a gap', () => {
  expect(value('1/0')).toBeNaN()
})

test('any text is parsed or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => void value(text)),
    { numRuns: 2_000 },
  )
  expect(value('('.repeat(400))).toBe('nested too deeply')
})

test('derived columns follow their definitions', () => {
  const y = new Float64Array([1, 4, 9, 16])
  const x = new Float64Array([1, 2, 3, 4])
  expect([...normalised(y, new Float64Array([1, 0, 3, 4]))]).toEqual([1, Number.NaN, 3, 4])
  expect([...derivative(x, y)]).toEqual([3, 4, 6, 7])
  expect([...cumulative(y)]).toEqual([1, 5, 14, 30])
  expect([...movingMean(new Float64Array([0, 3, 6]), 3)]).toEqual([1.5, 3, 4.5])
  const parsed = parseFormula('a * 2')
  if (!parsed.ok) throw new Error(parsed.text)
  expect([...formulaColumn(parsed.formula, 2, (name) => (name === 'a' ? x : undefined))]).toEqual([2, 4])
})
