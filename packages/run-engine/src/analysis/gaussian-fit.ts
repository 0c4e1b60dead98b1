/** A Gaussian over a constant: amplitude · exp(−(x − center)² / (2 sigma²)) + offset. */
export interface GaussianFit {
  readonly amplitude: number
  readonly center: number
  /** Positive. */
  readonly sigma: number
  readonly offset: number
  /** 2 √(2 ln 2) · sigma. */
  readonly fwhm: number
  /** Root of the mean squared distance of the points from the curve. */
  readonly residual: number
  readonly iterations: number
}

type Parameters = readonly [amplitude: number, center: number, sigma: number, offset: number]

const parameterCount = 4

/** Fits a Gaussian by least squares (Levenberg-Marquardt). null with fewer points than parameters, or when the points
 * have no peak. */
export function fitGaussian(
  x: readonly number[],
  y: readonly number[],
  options: { readonly maxIterations?: number } = {},
): GaussianFit | null {
  const points = x
    .map((px, i) => [px, y[i] ?? Number.NaN] as const)
    .filter(([px, py]) => Number.isFinite(px) && Number.isFinite(py))
  if (points.length < parameterCount) return null
  const guess = firstGuess(points)
  if (guess === null) return null
  const { best, error, iterations } = refine(points, guess, options.maxIterations ?? 100)
  const [amplitude, center, sigma, offset] = best
  if (![amplitude, center, sigma, offset].every(Number.isFinite)) return null
  const width = Math.abs(sigma)
  return {
    amplitude,
    center,
    sigma: width,
    offset,
    fwhm: 2 * Math.sqrt(2 * Math.LN2) * width,
    residual: Math.sqrt(error / points.length),
    iterations,
  }
}

interface Refined {
  readonly best: Parameters
  readonly error: number
  readonly iterations: number
}

/** Steps between the gradient (large damping) and Newton's method (small) until nothing is gained any more. */
function refine(points: readonly FitPoint[], guess: Parameters, maxIterations: number): Refined {
  let best = guess
  let error = squaredError(points, best)
  let damping = 1e-3
  let iterations = 0
  for (; iterations < maxIterations && damping < 1e12; iterations++) {
    const step = solve(normalEquations(points, best), damping)
    const [a = 0, c = 0, s = 0, o = 0] = step ?? []
    const candidate: Parameters = [best[0] + a, best[1] + c, best[2] + s, best[3] + o]
    const candidateError = step === null ? Number.POSITIVE_INFINITY : squaredError(points, candidate)
    if (!(candidateError < error)) {
      damping *= 10
      continue
    }
    const gain = error - candidateError
    best = candidate
    error = candidateError
    damping /= 10
    if (gain <= 1e-14 * (error + 1e-300)) break
  }
  return { best, error, iterations }
}

/** The value of a fitted Gaussian. */
export function gaussian(
  fit: Pick<GaussianFit, 'amplitude' | 'center' | 'sigma' | 'offset'>,
  x: number,
): number {
  return fit.amplitude * Math.exp(-((x - fit.center) ** 2) / (2 * fit.sigma ** 2)) + fit.offset
}

type FitPoint = readonly [x: number, y: number]

function firstGuess(points: readonly FitPoint[]): Parameters | null {
  const ys = points.map(([, y]) => y).toSorted((a, b) => a - b)
  const low = ys[0] ?? 0
  const high = ys.at(-1) ?? 0
  const middle = ys[Math.floor(ys.length / 2)] ?? 0
  const xs = points.map(([x]) => x)
  const range = Math.max(...xs) - Math.min(...xs)
  if (low === high || range === 0) return null
  const pointsUp = high - middle >= middle - low
  const extreme = pointsUp ? high : low
  const offset = pointsUp ? low : high
  const center = points.find(([, y]) => y === extreme)?.[0] ?? 0
  const weights = points.map(([, y]) => Math.abs(y - offset))
  const total = weights.reduce((a, b) => a + b, 0)
  const variance = points.reduce((sum, [x], i) => sum + (weights[i] ?? 0) * (x - center) ** 2, 0) / total
  return [extreme - offset, center, Math.min(Math.sqrt(variance), range / 2) || range / 6, offset]
}

function model([amplitude, center, sigma, offset]: Parameters, x: number): number {
  return amplitude * Math.exp(-((x - center) ** 2) / (2 * sigma ** 2)) + offset
}

function squaredError(points: readonly FitPoint[], parameters: Parameters): number {
  return points.reduce((sum, [x, y]) => sum + (y - model(parameters, x)) ** 2, 0)
}

interface Equations {
  readonly matrix: readonly (readonly number[])[]
  readonly vector: readonly number[]
}

function normalEquations(points: readonly FitPoint[], parameters: Parameters): Equations {
  const [amplitude, center, sigma] = parameters
  const matrix = Array.from({ length: parameterCount }, () => Array.from({ length: parameterCount }, () => 0))
  const vector = Array.from({ length: parameterCount }, () => 0)
  for (const [x, y] of points) {
    const bell = Math.exp(-((x - center) ** 2) / (2 * sigma ** 2))
    const slopes = [
      bell,
      (amplitude * bell * (x - center)) / sigma ** 2,
      (amplitude * bell * (x - center) ** 2) / sigma ** 3,
      1,
    ]
    const rest = y - model(parameters, x)
    slopes.forEach((slope, i) => {
      vector[i] = (vector[i] ?? 0) + slope * rest
      const row = matrix[i]
      slopes.forEach((other, j) => {
        if (row !== undefined) row[j] = (row[j] ?? 0) + slope * other
      })
    })
  }
  return { matrix, vector }
}

/** Solves (A + damping · diag A) s = v by elimination with pivots; null when it has no solution. */
function solve({ matrix, vector }: Equations, damping: number): readonly number[] | null {
  const n = vector.length
  const rows = matrix.map((row, i) => [
    ...row.map((value, j) => (i === j ? value * (1 + damping) : value)),
    vector[i] ?? 0,
  ])
  for (let column = 0; column < n; column++) {
    const candidates = rows.slice(column).map((row) => Math.abs(row[column] ?? 0))
    const pivotIndex = column + candidates.indexOf(Math.max(...candidates))
    const pivot = rows[pivotIndex]
    const swapped = rows[column]
    if (pivot === undefined || swapped === undefined || !(Math.abs(pivot[column] ?? 0) > 1e-300)) return null
    rows[column] = pivot
    rows[pivotIndex] = swapped
    for (let i = 0; i < n; i++) {
      if (i !== column) eliminate(rows[i] ?? [], pivot, column)
    }
  }
  return rows.map((row, i) => (row[n] ?? 0) / (row[i] ?? 1))
}

function eliminate(row: number[], pivot: readonly number[], column: number): void {
  const factor = (row[column] ?? 0) / (pivot[column] ?? 1)
  for (let j = column; j < row.length; j++) row[j] = (row[j] ?? 0) - factor * (pivot[j] ?? 0)
}
