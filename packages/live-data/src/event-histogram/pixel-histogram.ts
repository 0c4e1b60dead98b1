import { carried, CarryList } from './carry-list.ts'
import { countPixels, foldWindow, type EventVectors } from './histogram-reference.ts'
import type { PixelPlaces } from './pixel-places.ts'
import { simdCounting } from './simd-counting.ts'
import type { TimeBins } from './time-bins.ts'

/** Counts of events over screen places and time bins: of the open window, and since the start. */
export interface PixelHistogram {
  /** Since the start, without the open window. Becomes float64 before a bin could overflow. */
  cumulative(): Uint32Array | Float64Array
  /** `table` chooses among the tables of places. Gives how many events were inside. */
  add(events: EventVectors, table: number): number
  /** Counts of the open window over the bins, summed over these places. */
  windowSpectrum(places: Int32Array): Float64Array
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
  /** Windows of more cells are counted block by block, when many events of a block have come. Default 2 097 152. */
  readonly sortedFrom?: number
}

/** Bytes that a cell takes: one in the window, four since the start. */
export const bytesPerCell = 5

/** The counting itself; both kinds give equal numbers. */
export interface Counting {
  /** A byte a cell, without what was carried. */
  readonly window: Uint8Array
  readonly carries: CarryList
  readonly cumulative: Uint32Array
  readonly image: Uint32Array
  add(events: EventVectors, table: number): number
  /** Counts what waits: the window is whole then. */
  settle(): void
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

/** Adds what was carried, and watches that no bin overflows: a bound grows with the events and is made exact when it gets near. */
function guarded(counting: Counting, shape: PixelHistogramShape): PixelHistogram {
  const { bins, largestCount = 2 ** 32 - 1 } = shape
  const { window, image, carries } = counting
  let wide: Float64Array | null = null
  let bound = 0
  let pending = 0
  return {
    cumulative: () => wide ?? counting.cumulative,
    add(events, table) {
      const inside = counting.add(events, table)
      pending += inside
      return inside
    },
    windowSpectrum(places) {
      counting.settle()
      return spectrumOf(counting, { places, binCount: bins.count })
    },
    fold(range) {
      counting.settle()
      if (wide === null && bound + pending > largestCount) {
        bound = largestOf(counting.cumulative)
        if (bound + pending > largestCount) wide = Float64Array.from(counting.cumulative)
      }
      bound += pending
      pending = 0
      if (wide === null) counting.fold(range)
      else foldWindow(window, { cumulative: wide, image, binCount: bins.count, range })
      const target = wide ?? counting.cumulative
      for (const cell of carries.all()) {
        target[cell] = (target[cell] ?? 0) + carried
        const bin = cell % bins.count
        if (bin < range[0] || bin >= range[1]) continue
        const place = (cell - bin) / bins.count
        image[place] = (image[place] ?? 0) + carried
      }
      carries.clear()
      return image
    },
    clear() {
      counting.settle()
      window.fill(0)
      carries.clear()
      counting.cumulative.fill(0)
      wide = null
      bound = 0
      pending = 0
    },
  }
}

function spectrumOf(
  { window, carries }: Counting,
  { places, binCount }: { readonly places: Int32Array; readonly binCount: number },
): Float64Array {
  const spectrum = new Float64Array(binCount)
  for (const place of places)
    for (let bin = 0; bin < binCount; bin++)
      spectrum[bin] = (spectrum[bin] ?? 0) + (window[place * binCount + bin] ?? 0)
  if (carries.all().length === 0) return spectrum
  const wanted = new Set(places)
  for (const cell of carries.all()) {
    const bin = cell % binCount
    if (wanted.has((cell - bin) / binCount)) spectrum[bin] = (spectrum[bin] ?? 0) + carried
  }
  return spectrum
}

function plainCounting({ placeCount, bins, tables }: PixelHistogramShape): Counting {
  const window = new Uint8Array(placeCount * bins.count)
  const cumulative = new Uint32Array(placeCount * bins.count)
  const image = new Uint32Array(placeCount)
  const carries = new CarryList()
  return {
    window,
    carries,
    cumulative,
    image,
    add(events, table) {
      const places = tables[table]
      return places === undefined ? 0 : countPixels(events, { places, bins, cube: window, carries })
    },
    settle: () => undefined,
    fold: (range) => foldWindow(window, { cumulative, image, binCount: bins.count, range }),
  }
}

function largestOf(counts: Uint32Array): number {
  let largest = 0
  for (const count of counts) if (count > largest) largest = count
  return largest
}
