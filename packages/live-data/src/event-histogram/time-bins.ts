/** Bins of arrival times, ready for integer times: bin k holds edges[k] <= t < edges[k + 1]. */
export interface TimeBins {
  readonly count: number
  /** count + 1 increasing edges in ns. */
  readonly edgesNs: Float64Array
  /** First integer time, and the first one past the end. */
  readonly firstNs: number
  readonly endNs: number
  /** Per cell of 2^shift ns from firstNs on: the bin of its first time. */
  readonly cells: Uint16Array
  readonly shift: number
  /** Present where trunc((time + offset) * scale) is the bin of every integer time inside. */
  readonly formula: BinFormula | null
}

export interface BinFormula {
  readonly offset: number
  readonly scale: number
}

const cellsWanted = 8_192

/** Edges must increase; at most 65 535 bins. */
export function timeBins(edgesNs: Float64Array): TimeBins {
  const count = edgesNs.length - 1
  const firstNs = Math.ceil(Math.max(edgesNs[0] ?? 0, -(2 ** 31)))
  const endNs = Math.max(firstNs, Math.ceil(Math.min(edgesNs[count] ?? 0, 2 ** 31)))
  let shift = 0
  while ((endNs - firstNs) / 2 ** shift > cellsWanted) shift += 1
  const cells = new Uint16Array(Math.floor((endNs - firstNs) / 2 ** shift) + 1)
  let bin = 0
  for (let cell = 0; cell < cells.length; cell++) {
    const time = firstNs + cell * 2 ** shift
    while (bin < count - 1 && time >= (edgesNs[bin + 1] ?? Infinity)) bin += 1
    cells[cell] = bin
  }
  const formula = exactFormula(edgesNs, { firstNs, endNs })
  return { count, edgesNs, firstNs, endNs, cells, shift, formula }
}

/**
 * Evenly spaced bins by a product. It never decreases with the time, so it is right everywhere when it is right at the
 * first and last integer of each bin; shifted by half for edges that are integers, where rounding could fall either way.
 */
function exactFormula(
  edgesNs: Float64Array,
  { firstNs, endNs }: { readonly firstNs: number; readonly endNs: number },
): BinFormula | null {
  const count = edgesNs.length - 1
  const start = edgesNs[0] ?? 0
  const scale = count / ((edgesNs[count] ?? 0) - start)
  for (const shift of [0.5, 0]) {
    const offset = shift - start
    const binOf = (time: number): number => Math.trunc((time + offset) * scale)
    let isExact = Number.isFinite(scale) && Number.isFinite(offset)
    for (let bin = 0; bin < count && isExact; bin++) {
      const first = Math.max(firstNs, Math.ceil(edgesNs[bin] ?? 0))
      const last = Math.min(endNs, Math.ceil(edgesNs[bin + 1] ?? 0)) - 1
      if (first <= last) isExact = binOf(first) === bin && binOf(last) === bin
    }
    if (isExact) return { offset, scale }
  }
  return null
}

/** `count` + 1 points, evenly or geometrically, ends exact. */
export function binEdges(options: {
  readonly start: number
  readonly stop: number
  readonly count: number
  readonly scale: 'linear' | 'log'
}): Float64Array {
  const { start, stop, count, scale } = options
  const edges = new Float64Array(count + 1)
  const step = (stop - start) / count
  const ratio = Math.log10(stop / start) / count
  for (let k = 0; k < count; k++)
    edges[k] = scale === 'linear' ? start + k * step : 10 ** (Math.log10(start) + k * ratio)
  edges[0] = start
  edges[count] = stop
  return edges
}

/** Whole bins that contain or lie between two values: [first, end). */
export function binRange(
  edges: Float64Array,
  range: { readonly start: number; readonly stop: number },
): readonly [first: number, end: number] {
  const count = edges.length - 1
  let first = 0
  while (first < count && (edges[first + 1] ?? Infinity) <= range.start) first += 1
  let end = first
  while (end < count && (edges[end] ?? Infinity) < range.stop) end += 1
  return [first, end]
}
