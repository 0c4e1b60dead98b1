import { countTimes } from './histogram-reference.ts'
import { kernelMemory } from './kernel-memory.ts'
import { binSizes, writeBins } from './kernel-bins.ts'
import type { TimeBins } from './time-bins.ts'

/** Counts of arrival times over bins, of the open window. */
export interface TimeHistogram {
  readonly counts: Uint32Array
  /** Gives how many were inside. */
  add(toa: Int32Array): number
}

/** Chooses the WebAssembly kernel, or the plain one where its memory cannot be had. */
export function timeHistogram(bins: TimeBins): TimeHistogram {
  return simdTimes(bins) ?? plainTimeHistogram(bins)
}

/** With the reference kernel. */
export function plainTimeHistogram(bins: TimeBins): TimeHistogram {
  const counts = new Uint32Array(bins.count)
  return { counts, add: (toa) => countTimes(toa, bins, counts) }
}

const stagedEvents = 16_384

/** So many bins have partial histograms, which stay in the processor's first cache. */
const mostPartialBins = 1_000
const partials = 4

function simdTimes(bins: TimeBins): TimeHistogram | null {
  const apart = bins.count <= mostPartialBins ? bins.count + 1 : 0
  const partialBytes = (apart * (partials - 1) + bins.count + 1) * 4
  const memory = kernelMemory([bins.count * 4, stagedEvents * 4, partialBytes, ...binSizes(bins)])
  if (memory === null) return null
  const { buffer, kernels, addresses } = memory
  const [countsAt = 0, toaAt = 0, partialAt = 0, binsAt = 0, cellsAt = 0] = addresses
  writeBins(memory, bins, { binsAt, cellsAt })
  const room = new Int32Array(buffer, toaAt, stagedEvents)
  const counts = new Uint32Array(buffer, countsAt, bins.count)
  const partial = new Uint32Array(buffer, partialAt, partialBytes / 4)
  const { formula } = bins
  const count = (n: number): number => {
    if (formula === null) return kernels.countTimes(toaAt, n, binsAt, cellsAt, bins.shift, countsAt)
    const { offset, scale } = formula
    // oxfmt-ignore
    kernels.countTimesByScale(toaAt, n, bins.firstNs, bins.endNs - 1, offset, scale, bins.count, partialAt, apart)
    return 0
  }
  /** Gives how many were inside. */
  const gather = (): number => {
    let inside = 0
    for (let from = 0; from < partial.length; from += bins.count + 1)
      for (let bin = 0; bin < bins.count; bin++) {
        const some = partial[from + bin] ?? 0
        counts[bin] = (counts[bin] ?? 0) + some
        inside += some
      }
    partial.fill(0)
    return inside
  }
  return {
    counts,
    add(toa) {
      let inside = 0
      for (let from = 0; from < toa.length; from += stagedEvents) {
        const n = Math.min(stagedEvents, toa.length - from)
        room.set(from === 0 && n === toa.length ? toa : toa.subarray(from, from + n))
        inside += count(n)
      }
      return formula === null ? inside : gather()
    },
  }
}
