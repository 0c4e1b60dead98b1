import { countPixels, foldWindow, type EventVectors, type PixelPlaces } from './histogram-reference.ts'
import { kernelMemory, type KernelMemory } from './kernel-memory.ts'
import type { TimeBins } from './time-bins.ts'

/** Counts of events over screen places and time bins: of the open window, and since the start. */
export interface PixelHistogram {
  /** Screen places x bins, of the window. */
  readonly window: Uint32Array
  /** Since the start, without the open window. Becomes float64 before a bin could overflow. */
  cumulative(): Uint32Array | Float64Array
  /** `table` chooses among the tables of places. Gives how many events were inside. */
  add(events: EventVectors, table: number): number
  /** Adds the window to the cumulative counts, clears it and gives its counts by place in bins [first, end). */
  fold(range: readonly [first: number, end: number]): Uint32Array
  clear(): void
}

export interface PixelHistogramShape {
  readonly placeCount: number
  readonly bins: TimeBins
  /** Where the pixels are; several tables of one length for replicas of a projection. */
  readonly tables: readonly PixelPlaces[]
  /** A bin that could exceed it is counted in float64. Default 4 294 967 295, what the kernels can hold. */
  readonly largestCount?: number
}

/** The counting itself; both kinds give equal numbers. */
interface Counting {
  readonly window: Uint32Array
  readonly cumulative: Uint32Array
  readonly image: Uint32Array
  add(events: EventVectors, table: number): number
  fold(range: readonly [first: number, end: number]): void
}

/** Chooses the WebAssembly kernels, or the plain ones where their memory cannot be had. */
export function pixelHistogram(shape: PixelHistogramShape): PixelHistogram {
  return guarded(simdCounting(shape) ?? plainCounting(shape), shape)
}

/** With the reference kernels. */
export function plainPixelHistogram(shape: PixelHistogramShape): PixelHistogram {
  return guarded(plainCounting(shape), shape)
}

/** Watches that no bin overflows: a bound grows with the events and is made exact when it gets near. */
function guarded(counting: Counting, shape: PixelHistogramShape): PixelHistogram {
  const { bins, largestCount = 2 ** 32 - 1 } = shape
  const { window, image } = counting
  let wide: Float64Array | null = null
  let bound = 0
  let pending = 0
  return {
    window,
    cumulative: () => wide ?? counting.cumulative,
    add(events, table) {
      const inside = counting.add(events, table)
      pending += inside
      return inside
    },
    fold(range) {
      if (wide === null && bound + pending > largestCount) {
        bound = largestOf(counting.cumulative)
        if (bound + pending > largestCount) wide = Float64Array.from(counting.cumulative)
      }
      bound += pending
      pending = 0
      if (wide === null) counting.fold(range)
      else foldWindow(window, { cumulative: wide, image, binCount: bins.count, range })
      return image
    },
    clear() {
      window.fill(0)
      counting.cumulative.fill(0)
      wide = null
      bound = 0
      pending = 0
    },
  }
}

function plainCounting({ placeCount, bins, tables }: PixelHistogramShape): Counting {
  const window = new Uint32Array(placeCount * bins.count)
  const cumulative = new Uint32Array(placeCount * bins.count)
  const image = new Uint32Array(placeCount)
  return {
    window,
    cumulative,
    image,
    add(events, table) {
      const places = tables[table]
      return places === undefined ? 0 : countPixels(events, { places, bins, cube: window })
    },
    fold: (range) => foldWindow(window, { cumulative, image, binCount: bins.count, range }),
  }
}

/** Events copied to the kernels' memory at a time. */
const stagedEvents = 16_384

function simdCounting({ placeCount, bins, tables }: PixelHistogramShape): Counting | null {
  const cubeBytes = placeCount * bins.count * 4
  const memory = kernelMemory([
    cubeBytes,
    cubeBytes,
    placeCount * 4,
    stagedEvents * 4,
    stagedEvents * 4,
    ...binSizes(bins),
    ...tables.map(({ places }) => places.byteLength),
  ])
  if (memory === null) return null
  const { buffer, kernels, addresses } = memory
  const [windowAt = 0, cumulativeAt = 0, imageAt = 0, toaAt = 0, pixelAt = 0, binsAt = 0, cellsAt = 0] =
    addresses
  writeBins(memory, bins, { binsAt, cellsAt })
  const tablesAt = addresses.slice(7)
  const firstIds = tables.map(({ firstId }) => firstId)
  const lengths = tables.map(({ places }) => places.length)
  tables.forEach(({ places }, index) => new Int32Array(buffer, tablesAt[index], places.length).set(places))
  const toaRoom = new Int32Array(buffer, toaAt, stagedEvents)
  const pixelRoom = new Int32Array(buffer, pixelAt, stagedEvents)
  return {
    window: new Uint32Array(buffer, windowAt, placeCount * bins.count),
    cumulative: new Uint32Array(buffer, cumulativeAt, placeCount * bins.count),
    image: new Uint32Array(buffer, imageAt, placeCount),
    add({ toa, pixel }, table) {
      const firstId = firstIds[table]
      if (firstId === undefined) return 0
      let inside = 0
      for (let from = 0; from < toa.length; from += stagedEvents) {
        const n = Math.min(stagedEvents, toa.length - from)
        toaRoom.set(from === 0 && n === toa.length ? toa : toa.subarray(from, from + n))
        pixelRoom.set(from === 0 && n === toa.length ? pixel : pixel.subarray(from, from + n))
        inside += kernels.countPixels(
          toaAt,
          pixelAt,
          n,
          firstId,
          tablesAt[table] ?? 0,
          lengths[table] ?? 0,
          binsAt,
          bins.count,
          cellsAt,
          bins.shift,
          windowAt,
        )
      }
      return inside
    },
    fold: ([first, end]) =>
      kernels.foldWindow(windowAt, cumulativeAt, imageAt, placeCount, bins.count, first, end),
  }
}

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

function largestOf(counts: Uint32Array): number {
  let largest = 0
  for (const count of counts) if (count > largest) largest = count
  return largest
}
