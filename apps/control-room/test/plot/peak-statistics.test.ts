import { expect, test } from 'vitest'
import { curveStatistics } from '../../src/plot/peak-statistics.ts'

// Golden values of the run engine's statistics: det against motor from -3 to 2, 11 points, det = exp(-motor^2 / 2).
const x = Array.from({ length: 11 }, (_, i) => -3 + 0.5 * i)
const y = x.map((v) => Math.exp(-(v * v) / 2))

test('a Gaussian scan gives the golden statistics', () => {
  const found = curveStatistics(x, y)
  expect(found.min).toEqual([-3, 0.011108996538242306])
  expect(found.max).toEqual([0, 1])
  expect(found.com).toBeCloseTo(-0.028905130388379163, 12)
  expect(found.crossings.map((v) => Number(v.toFixed(8)))).toEqual([-1.17911311, 1.17911311])
  expect(found.cen).toBeCloseTo(0, 14)
  expect(found.fwhm).toBeCloseTo(2.3582262274358516, 12)
})

test('with two points at each end a straight background is taken off', () => {
  const found = curveStatistics(x, y, 2)
  expect(found.background?.m).toBeCloseTo(0.044993535603701416, 12)
  expect(found.background?.b).toBeCloseTo(0.15125518799100376, 12)
  expect(found.min).toEqual([2, 0.1353352832366127])
  expect(found.com).toBeCloseTo(-0.1900963584783728, 12)
  expect(found.cen).toBeCloseTo(-0.0922694334745886, 12)
  expect(found.fwhm).toBeCloseTo(2.3122202572790242, 12)
})

test('missing values and too few points do not disturb', () => {
  expect(curveStatistics([], []).max).toBeNull()
  expect(curveStatistics([1, 2, 3], [Number.NaN, 5, Number.NaN]).max).toEqual([2, 5])
  expect(curveStatistics([1, 2, 3], [4, 4, 4])).toMatchObject({ cen: null, fwhm: null })
})
