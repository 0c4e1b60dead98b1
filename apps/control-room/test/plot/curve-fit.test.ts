import { expect, test } from 'vitest'
import { fitPeak, isGoodFit } from '../../src/plot/curve-fit.ts'
import { seeded, normal } from '../../gallery/fake-server/random.ts'

const xs = Array.from({ length: 101 }, (_, i) => -1 + i * 0.02)
const gaussian = (x: number): number => 12 + 340 * Math.exp((-4 * Math.LN2 * (x - 0.137) ** 2) / 0.31 ** 2)

test('an exact Gaussian is found to many digits', () => {
  const fit = fitPeak(xs, xs.map(gaussian), 'gaussian')
  expect(fit?.centre).toBeCloseTo(0.137, 8)
  expect(fit?.fwhm).toBeCloseTo(0.31, 8)
  expect(fit?.height).toBeCloseTo(340, 5)
  expect(fit?.background).toBeCloseTo(12, 5)
  expect(fit?.quality).toBeCloseTo(1, 10)
})

test('the stated errors hold the true values of a noisy peak', () => {
  const random = seeded(7)
  const fit = fitPeak(
    xs,
    xs.map((x) => gaussian(x) + 5 * normal(random)),
    'gaussian',
  )
  if (fit === null) throw new Error('no fit')
  expect(Math.abs(fit.centre - 0.137)).toBeLessThan(4 * fit.sigma.centre)
  expect(Math.abs(fit.fwhm - 0.31)).toBeLessThan(4 * fit.sigma.fwhm)
  expect(isGoodFit(fit, xs)).toBe(true)
})

test('a Lorentzian is told from a Gaussian by its shape', () => {
  const ys = xs.map((x) => 3 + 100 / (1 + 4 * ((x + 0.2) / 0.25) ** 2))
  const fit = fitPeak(xs, ys, 'lorentzian')
  expect(fit?.centre).toBeCloseTo(-0.2, 8)
  expect(fit?.fwhm).toBeCloseTo(0.25, 8)
})

test('an edge and a flat line are not called peaks', () => {
  const edge = xs.map((x) => 1 / (1 + Math.exp(-x * 20)))
  expect(isGoodFit(fitPeak(xs, edge, 'gaussian'), xs)).toBe(false)
  expect(
    fitPeak(
      xs,
      xs.map(() => 5),
      'gaussian',
    ),
  ).toBeNull()
  expect(fitPeak([1, 2, 3], [1, 2, 1], 'gaussian')).toBeNull()
})
