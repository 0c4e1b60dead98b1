/* Statistics of a curve, by the rules of the peak statistics of the run engine:
 *   com: mean index weighted by y, taken back to x by interpolation; cen: mean of the crossings of half height;
 *   fwhm: distance of the first and last crossing; edgeCount n: a straight background through the means of n points at each end. */
export interface CurveStatistics {
  readonly min: readonly [number, number] | null
  readonly max: readonly [number, number] | null
  readonly com: number | null
  readonly cen: number | null
  readonly fwhm: number | null
  readonly crossings: readonly number[]
  readonly background: { readonly m: number; readonly b: number } | null
}

const none: CurveStatistics = {
  min: null,
  max: null,
  com: null,
  cen: null,
  fwhm: null,
  crossings: [],
  background: null,
}

/** Rows where x or y is missing are left out. */
export function curveStatistics(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  edgeCount = 0,
): CurveStatistics {
  const { x, y: raw } = finiteRows(xs, ys)
  if (x.length === 0) return none
  const background = edgeCount > 0 && x.length >= 2 * edgeCount ? edgeLine(x, raw, edgeCount) : null
  const y = background === null ? raw : raw.map((v, i) => v - (background.m * (x[i] ?? 0) + background.b))
  const low = indexOfBest(y, (a, b) => a < b)
  const high = indexOfBest(y, (a, b) => a > b)
  const crossings = halfHeightCrossings(x, y)
  return {
    min: [x[low] ?? 0, raw[low] ?? 0],
    max: [x[high] ?? 0, raw[high] ?? 0],
    com: centreOfMass(x, y),
    cen: crossings.length === 0 ? null : crossings.reduce((sum, v) => sum + v, 0) / crossings.length,
    fwhm: widthOf(crossings),
    crossings,
    background,
  }
}

function finiteRows(xs: ArrayLike<number>, ys: ArrayLike<number>): { x: number[]; y: number[] } {
  const out = { x: [] as number[], y: [] as number[] }
  for (let i = 0; i < Math.min(xs.length, ys.length); i += 1) {
    const [x, y] = [xs[i] ?? Number.NaN, ys[i] ?? Number.NaN]
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue
    out.x.push(x)
    out.y.push(y)
  }
  return out
}

function widthOf(crossings: readonly number[]): number | null {
  const [first, last] = [crossings[0], crossings.at(-1)]
  return first === undefined || last === undefined || crossings.length < 2 ? null : Math.abs(last - first)
}

function edgeLine(x: readonly number[], y: readonly number[], n: number): { m: number; b: number } {
  const mean = (list: readonly number[]): number => list.reduce((sum, v) => sum + v, 0) / list.length
  const [x0, y0, x1, y1] = [mean(x.slice(0, n)), mean(y.slice(0, n)), mean(x.slice(-n)), mean(y.slice(-n))]
  const m = x1 === x0 ? 0 : (y1 - y0) / (x1 - x0)
  return { m, b: y0 - m * x0 }
}

function indexOfBest(y: readonly number[], isBetter: (a: number, b: number) => boolean): number {
  let best = 0
  y.forEach((v, i) => {
    if (isBetter(v, y[best] ?? v)) best = i
  })
  return best
}

function centreOfMass(x: readonly number[], y: readonly number[]): number | null {
  let weighted = 0
  let total = 0
  y.forEach((v, i) => {
    weighted += i * v
    total += v
  })
  if (total === 0) return null
  const c = Math.min(x.length - 1, Math.max(0, weighted / total))
  const i = Math.min(x.length - 2, Math.floor(c))
  if (i < 0) return x[0] ?? null
  return (x[i] ?? 0) + (c - i) * ((x[i + 1] ?? 0) - (x[i] ?? 0))
}

function halfHeightCrossings(x: readonly number[], y: readonly number[]): readonly number[] {
  const mid = (maxOf(y) + minOf(y)) / 2
  const found: number[] = []
  for (let i = 0; i < y.length - 1; i += 1) {
    const [a, b] = [y[i] ?? 0, y[i + 1] ?? 0]
    if (a > mid !== b > mid) found.push((x[i] ?? 0) - ((a - mid) * ((x[i + 1] ?? 0) - (x[i] ?? 0))) / (b - a))
  }
  return found
}

function maxOf(y: readonly number[]): number {
  return y.reduce((best, v) => (v > best ? v : best), Number.NEGATIVE_INFINITY)
}
function minOf(y: readonly number[]): number {
  return y.reduce((best, v) => (v < best ? v : best), Number.POSITIVE_INFINITY)
}
