import { expect, test } from 'vitest'
import { partOf, valueAt } from '../../src/plot/plot-area.ts'
import { logTicks, logTickTexts } from '../../src/plot/ticks.ts'

test('a place on a scale and the value at it are each other’s inverse, also logarithmic', () => {
  for (const isLog of [false, true])
    for (const value of [1, 3, 250, 1_000])
      expect(valueAt({ lo: 1, hi: 1_000, isLog }, partOf({ lo: 1, hi: 1_000, isLog }, value))).toBeCloseTo(
        value,
        9,
      )
  expect(partOf({ lo: 1, hi: 10, isLog: true }, 0)).toBeNaN()
})

test('a logarithmic axis has powers of ten, fewer where there is no room, finer within two decades', () => {
  expect(logTicks(0.5, 20_000, 6)).toEqual([1, 10, 100, 1_000, 10_000])
  expect(logTicks(1, 1e9, 3)).toEqual(
    [1, 1e4, 1e8].filter((v) => Math.log10(v) % 3 === 0).concat([1e3, 1e6, 1e9]),
  )
  expect(logTicks(1.5, 60, 6)).toEqual([2, 5, 10, 20, 50])
  expect(logTicks(0, 10, 4)).toEqual([])
})

test('powers of ten are written short where they are long', () => {
  expect(logTickTexts([1, 100, 10_000])).toEqual(['10⁰', '10²', '10⁴'])
  expect(logTickTexts([1e-4, 1e-3])).toEqual(['10⁻⁴', '10⁻³'])
  expect(logTickTexts([1, 10, 100])).toEqual(['1', '10', '100'])
  expect(logTickTexts([2, 5, 10])).toEqual(['2', '5', '10'])
})
