/* Least-squares fit of a peak by Levenberg-Marquardt: y = background + height * shape((x - centre) / width).
 * Widths are FWHM; errors come from the covariance at the solution, scaled by the residuals. */
import { extent } from './decimate.ts'
import { curveStatistics } from './peak-statistics.ts'

export type FitShape = 'gaussian' | 'lorentzian'

export interface PeakFit {
  readonly shape: FitShape
  readonly centre: number
  readonly fwhm: number
  readonly height: number
  readonly background: number
  readonly sigma: {
    readonly centre: number
    readonly fwhm: number
    readonly height: number
    readonly background: number
  }
  /** Part of the variation of y that the curve explains, 1 for a perfect fit. */
  readonly quality: number
  readonly at: (x: number) => number
}

type Parameters = readonly [centre: number, fwhm: number, height: number, background: number]
const ln16 = 4 * Math.LN2

/** Null with fewer than five points, a flat curve or no convergence. Works on at most 5 000 points. */
export function fitPeak(xs: ArrayLike<number>, ys: ArrayLike<number>, shape: FitShape): PeakFit | null {
  const data = finitePairs(xs, ys)
  const start = guess(data.x, data.y)
  if (data.x.length < 5 || start === null) return null
  const solution = minimise(data, start, shape)
  if (solution === null) return null
  const [rawCentre, width, height, background] = solution.parameters
  const centre = settled(rawCentre, data.x)
  const sigma = solution.sigma
  const parameters: Parameters = [centre, Math.abs(width), height, background]
  return {
    shape,
    centre,
    fwhm: Math.abs(width),
    height,
    background,
    sigma: { centre: sigma[0] ?? 0, fwhm: sigma[1] ?? 0, height: sigma[2] ?? 0, background: sigma[3] ?? 0 },
    quality: 1 - solution.error / (variation(data.y) || 1),
    at: (x) => model(x, parameters, shape).value,
  }
}

/** A centre that differs from 0 by rounding only is 0. */
function settled(centre: number, x: readonly number[]): number {
  const range = extent(x)
  return range !== null && Math.abs(centre) < 1e-9 * (range[1] - range[0]) ? 0 : centre
}

function variation(y: readonly number[]): number {
  const mean = y.reduce((sum, v) => sum + v, 0) / y.length
  return y.reduce((sum, v) => sum + (v - mean) ** 2, 0)
}

/** True when the peak lies inside the data, is narrower than them and explains most of what they do. */
export function isGoodFit(fit: PeakFit | null, x: ArrayLike<number>): boolean {
  const range = extent(x)
  if (fit === null || range === null) return false
  const [lo, hi] = range
  return fit.height > 0 && fit.quality > 0.8 && fit.centre > lo && fit.centre < hi && fit.fwhm < hi - lo
}

function finitePairs(xs: ArrayLike<number>, ys: ArrayLike<number>): { x: number[]; y: number[] } {
  const n = Math.min(xs.length, ys.length)
  const step = Math.max(1, Math.ceil(n / 5_000))
  const out = { x: [] as number[], y: [] as number[] }
  for (let i = 0; i < n; i += step) {
    const [x, y] = [xs[i] ?? Number.NaN, ys[i] ?? Number.NaN]
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue
    out.x.push(x)
    out.y.push(y)
  }
  return out
}

function guess(x: readonly number[], y: readonly number[]): Parameters | null {
  const found = curveStatistics(x, y)
  if (found.max === null || found.min === null || found.max[1] === found.min[1]) return null
  const span = Math.max(...x) - Math.min(...x)
  return [found.max[0], found.fwhm ?? (span / 5 || 1), found.max[1] - found.min[1], found.min[1]]
}

function model(
  x: number,
  p: Parameters,
  shape: FitShape,
): { value: number; gradient: readonly [number, number, number, number] } {
  const [centre, width, height, background] = p
  const u = (x - centre) / width
  if (shape === 'gaussian') {
    const e = Math.exp(-ln16 * u * u)
    const slope = (2 * ln16 * u * height * e) / width
    return { value: background + height * e, gradient: [slope, slope * u, e, 1] }
  }
  const q = 1 / (1 + 4 * u * u)
  const slope = (8 * u * height * q * q) / width
  return { value: background + height * q, gradient: [slope, slope * u, q, 1] }
}

interface Normal {
  readonly a: number[][]
  readonly g: number[]
  readonly error: number
}

function normalEquations(data: { x: number[]; y: number[] }, p: Parameters, shape: FitShape): Normal {
  const a = [0, 1, 2, 3].map(() => [0, 0, 0, 0])
  const g = [0, 0, 0, 0]
  let error = 0
  data.x.forEach((x, i) => {
    const { value, gradient } = model(x, p, shape)
    const r = (data.y[i] ?? 0) - value
    error += r * r
    gradient.forEach((d, row) => {
      g[row] = (g[row] ?? 0) + d * r
      const line = a[row] ?? []
      gradient.forEach((e, column) => {
        line[column] = (line[column] ?? 0) + d * e
      })
    })
  })
  return { a, g, error }
}

function minimise(
  data: { x: number[]; y: number[] },
  start: Parameters,
  shape: FitShape,
): { parameters: Parameters; error: number; sigma: readonly number[] } | null {
  let parameters = start
  let current = normalEquations(data, parameters, shape)
  let lambda = 1e-3
  for (let round = 0; round < 100 && lambda < 1e10; round += 1) {
    const damped = current.a.map((row, i) => row.map((v, j) => (i === j ? v * (1 + lambda) + 1e-300 : v)))
    const step = solve(damped, current.g)
    if (step === null) return null
    const next = parameters.map((v, i) => v + (step[i] ?? 0)) as unknown as Parameters
    const tried = normalEquations(data, next, shape)
    if (!(tried.error < current.error)) {
      lambda *= 10
      continue
    }
    const gain = (current.error - tried.error) / (current.error || 1)
    parameters = next
    current = tried
    lambda = Math.max(lambda / 10, 1e-12)
    if (gain < 1e-10) break
  }
  if (!parameters.every(Number.isFinite)) return null
  return { parameters, error: current.error, sigma: standardErrors(current, data.x.length) }
}

function standardErrors(at: Normal, n: number): readonly number[] {
  const variance = at.error / Math.max(1, n - 4)
  return [0, 1, 2, 3].map((i) => {
    const column = solve(
      at.a,
      [0, 1, 2, 3].map((j) => (i === j ? 1 : 0)),
    )
    return column === null ? Number.NaN : Math.sqrt(Math.max(0, (column[i] ?? 0) * variance))
  })
}

/** Gaussian elimination with row exchange; null for a singular matrix. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | null {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0])
  const n = rows.length
  for (let c = 0; c < n; c += 1) {
    const pivot = rows
      .slice(c)
      .reduce((best, row, i) => (Math.abs(row[c] ?? 0) > Math.abs(rows[best]?.[c] ?? 0) ? i + c : best), c)
    const top = rows[pivot]
    if (top === undefined || Math.abs(top[c] ?? 0) < 1e-300) return null
    rows[pivot] = rows[c] ?? top
    rows[c] = top
    for (let r = 0; r < n; r += 1) if (r !== c) subtract(rows[r] ?? [], top, c)
  }
  return rows.map((row, i) => (row[n] ?? 0) / (row[i] ?? 1))
}

function subtract(row: number[], top: readonly number[], c: number): void {
  const factor = (row[c] ?? 0) / (top[c] ?? 1)
  for (let k = c; k < row.length; k += 1) row[k] = (row[k] ?? 0) - factor * (top[k] ?? 0)
}
