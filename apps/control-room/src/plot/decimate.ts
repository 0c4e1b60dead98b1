export interface XY {
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
}

/** True when x never falls, so that lines may be drawn by pixel column. */
export function isAscending(x: ArrayLike<number>): boolean {
  for (let i = 1; i < x.length; i += 1) if ((x[i] ?? 0) < (x[i - 1] ?? 0)) return false
  return true
}

/** Order of the rows by x, for hovering; undefined when they are in order already. */
export function orderByX(x: ArrayLike<number>): Uint32Array | undefined {
  if (isAscending(x)) return undefined
  return Uint32Array.from({ length: x.length }, (_, i) => i).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0))
}

/** First, smallest, largest and last value of each of `columns` equal parts of [x0, x1]: single-pixel peaks stay. x must ascend. */
export function minMaxPerColumn(
  xy: XY,
  range: readonly [number, number],
  columns: number,
): { x: number[]; y: number[] } {
  const out = { x: [] as number[], y: [] as number[] }
  const [x0, x1] = range
  const scale = columns / (x1 - x0 || 1)
  let i = 0
  while (i < xy.x.length) {
    const column = Math.floor(((xy.x[i] ?? 0) - x0) * scale)
    const end = endOfColumn(xy.x, i, { x0, scale, column })
    emit(xy, i, end, out)
    i = end
  }
  return out
}

function endOfColumn(
  x: ArrayLike<number>,
  from: number,
  at: { x0: number; scale: number; column: number },
): number {
  let end = from + 1
  while (end < x.length && Math.floor(((x[end] ?? 0) - at.x0) * at.scale) === at.column) end += 1
  return end
}

// eslint-disable-next-line max-params -- the two indices are one range; an object per column would be garbage on the hot path
function emit(xy: XY, from: number, end: number, out: { x: number[]; y: number[] }): void {
  let low = from
  let high = from
  for (let i = from + 1; i < end; i += 1) {
    const y = xy.y[i] ?? Number.NaN
    if (y < (xy.y[low] ?? Number.NaN)) low = i
    if (y > (xy.y[high] ?? Number.NaN)) high = i
  }
  const picked = [...new Set([from, Math.min(low, high), Math.max(low, high), end - 1])]
  for (const index of picked) {
    out.x.push(xy.x[index] ?? Number.NaN)
    out.y.push(xy.y[index] ?? Number.NaN)
  }
}

/** Smallest and largest finite value; null when there is none. `positive` leaves out what a logarithmic axis cannot show. */
export function extent(values: ArrayLike<number>, positive = false): readonly [number, number] | null {
  let lo = Number.POSITIVE_INFINITY
  let hi = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i += 1) {
    const v = values[i] ?? Number.NaN
    if (!Number.isFinite(v) || (positive && v <= 0)) continue
    if (v < lo) lo = v
    if (v > hi) hi = v
  }
  return lo <= hi ? [lo, hi] : null
}
