/** A point of a curve. */
export type CurvePoint = readonly [x: number, y: number]

export interface PeakStatistics {
  readonly min: CurvePoint
  readonly max: CurvePoint
  /** Centre of mass; null when the sum of y is 0. */
  readonly com: number | null
  /** Mean of the crossings; null without crossings. */
  readonly cen: number | null
  /** Where the curve crosses half way between its lowest and highest value. */
  readonly crossings: readonly number[]
  /** Distance of the first and last crossing; null with fewer than two. */
  readonly fwhm: number | null
  /** The line that was subtracted; null without `edgeCount`. */
  readonly linearBackground: { readonly m: number; readonly b: number } | null
  /** The same of the derivative, if asked for. */
  readonly derivative: PeakStatistics | null
}

export interface PeakOptions {
  /** Subtract a line through the means of the first and last so many points. Default: none. */
  readonly edgeCount?: number | null
  /** Also of the derivative. Default false. */
  readonly derivative?: boolean
}

/** Statistics of a curve in the order of its points. Points that are not finite are left out; null without points. */
export function peakStatistics(
  x: readonly number[],
  y: readonly number[],
  options: PeakOptions = {},
): PeakStatistics | null {
  const points = finitePoints(x, y)
  if (points.length === 0) return null
  const xs = points.map(([px]) => px)
  const original = points.map(([, py]) => py)
  const background = linearBackground(xs, original, options.edgeCount ?? null)
  const ys =
    background === null ? original : points.map(([px, py]) => py - (background.m * px + background.b))
  const lowest = ys.indexOf(ys.reduce((a, b) => Math.min(a, b)))
  const highest = ys.indexOf(ys.reduce((a, b) => Math.max(a, b)))
  const crossings = halfCrossings(xs, ys)
  const first = crossings[0]
  const last = crossings.at(-1)
  return {
    min: [at(xs, lowest), at(original, lowest)],
    max: [at(xs, highest), at(original, highest)],
    com: centreOfMass(xs, ys),
    cen: crossings.length === 0 ? null : crossings.reduce((a, b) => a + b) / crossings.length,
    crossings,
    fwhm: crossings.length < 2 || first === undefined || last === undefined ? null : Math.abs(last - first),
    linearBackground: background,
    derivative: options.derivative === true ? derivativeStatistics(xs, original, options) : null,
  }
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN
}

function finitePoints(x: readonly number[], y: readonly number[]): CurvePoint[] {
  const points: CurvePoint[] = []
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const point: CurvePoint = [at(x, i), at(y, i)]
    if (Number.isFinite(point[0]) && Number.isFinite(point[1])) points.push(point)
  }
  return points
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length
}

function linearBackground(
  xs: readonly number[],
  ys: readonly number[],
  edgeCount: number | null,
): { readonly m: number; readonly b: number } | null {
  if (edgeCount === null || edgeCount < 1) return null
  const left = { x: mean(xs.slice(0, edgeCount)), y: mean(ys.slice(0, edgeCount)) }
  const right = { x: mean(xs.slice(-edgeCount)), y: mean(ys.slice(-edgeCount)) }
  if (left.x === right.x) return null
  const m = (right.y - left.y) / (right.x - left.x)
  const line = { m, b: left.y - m * left.x }
  // Edges that almost coincide give a slope beyond all numbers: that is no line to subtract.
  return xs.every((x, i) => Number.isFinite(at(ys, i) - (m * x + line.b))) ? line : null
}

function centreOfMass(xs: readonly number[], ys: readonly number[]): number | null {
  const sum = ys.reduce((a, b) => a + b, 0)
  const index = ys.reduce((total, y, i) => total + i * y, 0) / sum
  if (!Number.isFinite(index)) return null
  const low = Math.min(Math.max(Math.floor(index), 0), xs.length - 1)
  const high = Math.min(low + 1, xs.length - 1)
  const part = Math.min(Math.max(index, 0), xs.length - 1) - low
  return at(xs, low) + part * (at(xs, high) - at(xs, low))
}

function halfCrossings(xs: readonly number[], ys: readonly number[]): number[] {
  const mid = (ys.reduce((a, b) => Math.max(a, b)) + ys.reduce((a, b) => Math.min(a, b))) / 2
  const crossings: number[] = []
  for (let i = 0; i + 1 < xs.length; i++) {
    const y = at(ys, i)
    const nextY = at(ys, i + 1)
    if (y > mid === nextY > mid) continue
    const crossing = at(xs, i) - ((y - mid) / (nextY - y)) * (at(xs, i + 1) - at(xs, i))
    if (Number.isFinite(crossing)) crossings.push(crossing)
  }
  return crossings
}

/** Of the differences of the original values, with a background of its own if one is asked for. */
function derivativeStatistics(
  xs: readonly number[],
  ys: readonly number[],
  options: PeakOptions,
): PeakStatistics | null {
  const differences = ys.slice(1).map((y, i) => y - at(ys, i))
  return peakStatistics(xs.slice(1), differences, { edgeCount: options.edgeCount ?? null })
}
