import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitGaussian, gaussian, linspace, peakStatistics, seededRandom } from '../../src/index.ts'

const x = linspace(-3, 2, 11)
const y = x.map((value) => Math.exp(-(value ** 2) / 2))

test('the statistics of a scan are the golden ones', () => {
  const peak = peakStatistics(x, y)
  expect(peak?.min).toEqual([-3, 0.011108996538242306])
  expect(peak?.max).toEqual([0, 1])
  expect(peak?.com).toBeCloseTo(-0.028905130388379163, 14)
  expect(peak?.crossings[0]).toBeCloseTo(-1.17911311, 8)
  expect(Math.abs(peak?.cen ?? 1)).toBeLessThan(1e-15)
  expect(peak?.fwhm).toBeCloseTo(2.3582262274358516, 14)
  expect(peak?.linearBackground).toBeNull()
})

test('a background of two points at each edge gives the golden ones', () => {
  const peak = peakStatistics(x, y, { edgeCount: 2 })
  expect(peak?.linearBackground?.m).toBeCloseTo(0.044993535603701416, 15)
  expect(peak?.linearBackground?.b).toBeCloseTo(0.15125518799100376, 15)
  expect(peak?.min).toEqual([2, 0.1353352832366127])
  expect(peak?.com).toBeCloseTo(-0.1900963584783728, 13)
  expect(peak?.cen).toBeCloseTo(-0.0922694334745886, 13)
  expect(peak?.crossings[0]).toBeCloseTo(-1.24837956, 8)
  expect(peak?.crossings[1]).toBeCloseTo(1.0638407, 7)
  expect(peak?.fwhm).toBeCloseTo(2.3122202572790242, 13)
})

test('the derivative gives the golden ones', () => {
  const derivative = peakStatistics(x, y, { edgeCount: 2, derivative: true })?.derivative
  expect(derivative?.min[0]).toBe(1)
  expect(derivative?.min[1]).toBeCloseTo(-0.2759662428719619, 14)
  expect(derivative?.max[0]).toBe(-0.5)
  expect(derivative?.com).toBeCloseTo(-0.7932819749398929, 13)
  expect(derivative?.cen).toBeCloseTo(-0.7342790648525523, 13)
  expect(derivative?.fwhm).toBeCloseTo(1.9685581297051047, 13)
})

test('degenerate curves have no invented numbers', () => {
  expect(peakStatistics([], [])).toBeNull()
  expect(peakStatistics([Number.NaN], [1])).toBeNull()
  expect(peakStatistics([1], [5])).toMatchObject({ cen: null, fwhm: null, crossings: [], com: 1 })
  expect(peakStatistics([1, 2, 3], [0, 0, 0])).toMatchObject({ cen: null, fwhm: null, com: null })
})

test('edges that almost coincide have no background, and the statistics stay numbers', () => {
  for (const last of [-5e-324, -1.9878287e-317]) {
    const peak = peakStatistics([0, -2, last], [0, 0, -1.7867523688426348e-9], { edgeCount: 1 })
    expect(peak?.crossings.every(Number.isFinite)).toBe(true)
    expect(Number.isNaN(peak?.com)).toBe(false)
  }
  expect(peakStatistics([0, -2, -5e-324], [0, 0, 1], { edgeCount: 1 })?.linearBackground).toBeNull()
})

test('statistics never are NaN, whatever the curve', () => {
  const values = fc.array(fc.double({ min: -1e9, max: 1e9 }), { maxLength: 30 })
  fc.assert(
    fc.property(values, values, (xs, ys) => {
      const peak = peakStatistics(xs, ys, { edgeCount: 1, derivative: true })
      for (const value of [peak?.com, peak?.cen, peak?.fwhm]) expect(Number.isNaN(value)).toBe(false)
    }),
  )
})

test('a Gaussian fit finds what made the points, upwards and downwards', () => {
  const random = seededRandom(7)
  for (const made of [
    { amplitude: 5, center: 0.3, sigma: 0.7, offset: 1 },
    { amplitude: -2, center: -1, sigma: 0.4, offset: 3 },
    { amplitude: 1e6, center: 7112, sigma: 3, offset: 100 },
  ]) {
    const xs = linspace(made.center - 5 * made.sigma, made.center + 4 * made.sigma, 60)
    const noisy = xs.map(
      (value) => gaussian(made, value) + (random() - 0.5) * Math.abs(made.amplitude) * 0.01,
    )
    const fit = fitGaussian(xs, noisy)
    expect(Math.abs((fit?.center ?? 0) - made.center)).toBeLessThan(0.02 * made.sigma)
    expect(Math.abs((fit?.sigma ?? 0) / made.sigma - 1)).toBeLessThan(0.03)
    expect(Math.abs((fit?.amplitude ?? 0) / made.amplitude - 1)).toBeLessThan(0.03)
    expect(fit?.fwhm).toBeCloseTo(2.3548200450309493 * (fit?.sigma ?? 0), 9)
  }
})

test('a fit needs as many points as parameters, and a peak', () => {
  expect(fitGaussian([1, 2, 3], [1, 2, 1])).toBeNull()
  expect(fitGaussian([1, 2, 3, 4, 5], [2, 2, 2, 2, 2])).toBeNull()
})
