import type { KernelMemory } from './kernel-memory.ts'
import type { TimeBins } from './time-bins.ts'

/** Bytes that the kernels need for the bins: first and end and edges, then cells. */
export function binSizes(bins: TimeBins): readonly [number, number] {
  return [(bins.edgesNs.length + 2) * 8, bins.cells.byteLength]
}

export function writeBins(
  { buffer }: KernelMemory,
  bins: TimeBins,
  { binsAt, cellsAt }: { readonly binsAt: number; readonly cellsAt: number },
): void {
  const room = new Float64Array(buffer, binsAt, bins.edgesNs.length + 2)
  room[0] = bins.firstNs
  room[1] = bins.endNs
  room.set(bins.edgesNs, 2)
  new Uint16Array(buffer, cellsAt, bins.cells.length).set(bins.cells)
}
