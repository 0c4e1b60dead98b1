import { messageWrong } from './da00-result.ts'
import type { DataArray } from './data-array.ts'
import { timeUnitNs } from './units.ts'

/** Shares the counts of a histogram among other bins by overlap. Edges in ns. Throws LIVEDATA_MESSAGE_WRONG. */
export function rebinCounts(histogram: DataArray, edgesNs: Float64Array): Float64Array {
  const from = edgesOf(histogram)
  const counts = new Float64Array(edgesNs.length - 1)
  let target = 0
  from.subarray(1).forEach((high, k) => {
    const low = from[k] ?? 0
    const value = Number(histogram.signal.values[k])
    if (high > low && value !== 0 && Number.isFinite(value))
      target = spread({ low, high, value, target }, { counts, edgesNs })
  })
  return counts
}

/** Adds the share of each bin that the interval overlaps; gives the bin where it began, near which the next begins. */
function spread(
  from: { readonly low: number; readonly high: number; readonly value: number; readonly target: number },
  { counts, edgesNs }: { readonly counts: Float64Array; readonly edgesNs: Float64Array },
): number {
  const { low, high, value } = from
  const edge = (k: number): number => edgesNs[k] ?? Infinity
  let target = from.target
  while (target > 0 && edge(target) > low) target -= 1
  while (target < counts.length && edge(target + 1) <= low) target += 1
  for (let bin = target; bin < counts.length && edge(bin) < high; bin++) {
    const overlap = Math.min(high, edge(bin + 1)) - Math.max(low, edge(bin))
    if (overlap > 0) counts[bin] = (counts[bin] ?? 0) + (value * overlap) / (high - low)
  }
  return target
}

/** Edges of the one axis, in ns. */
function edgesOf({ signal, coords }: DataArray): Float64Array {
  const [dim] = signal.dims
  const coord = dim === undefined ? undefined : coords[dim]
  if (signal.dims.length !== 1 || coord === undefined || coord.values.length !== signal.values.length + 1)
    throw messageWrong('a monitor histogram needs one axis with its edges')
  const unitNs = timeUnitNs(coord.unit ?? '')
  if (unitNs === null)
    throw messageWrong(`a monitor histogram over ${coord.unit ?? 'no unit'} is not of times`)
  return Float64Array.from(coord.values as ArrayLike<number | bigint>, (edge) => Number(edge) * unitNs)
}
