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

function simdTimes(bins: TimeBins): TimeHistogram | null {
  const memory = kernelMemory([bins.count * 4, stagedEvents * 4, ...binSizes(bins)])
  if (memory === null) return null
  const { buffer, kernels, addresses } = memory
  const [countsAt = 0, toaAt = 0, binsAt = 0, cellsAt = 0] = addresses
  writeBins(memory, bins, { binsAt, cellsAt })
  const room = new Int32Array(buffer, toaAt, stagedEvents)
  return {
    counts: new Uint32Array(buffer, countsAt, bins.count),
    add(toa) {
      let inside = 0
      for (let from = 0; from < toa.length; from += stagedEvents) {
        const n = Math.min(stagedEvents, toa.length - from)
        room.set(from === 0 && n === toa.length ? toa : toa.subarray(from, from + n))
        inside += kernels.countTimes(toaAt, n, binsAt, cellsAt, bins.shift, countsAt)
      }
      return inside
    },
  }
}
