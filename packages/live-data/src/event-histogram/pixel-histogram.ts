import { carried, CarryList } from './carry-list.ts'
import { countPixels, foldWindow, type EventVectors, type PixelPlaces } from './histogram-reference.ts'
import { kernelMemory, type KernelMemory } from './kernel-memory.ts'
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
}

/** Bytes that a cell takes: one in the window, four since the start. */
export const bytesPerCell = 5

/** The counting itself; both kinds give equal numbers. */
interface Counting {
  /** A byte a cell, without what was carried. */
  readonly window: Uint8Array
  readonly carries: CarryList
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
    windowSpectrum: (places) => spectrumOf(counting, { places, binCount: bins.count }),
    fold(range) {
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
    fold: (range) => foldWindow(window, { cumulative, image, binCount: bins.count, range }),
  }
}

/** Events copied to the kernels' memory at a time. */
const stagedEvents = 16_384

function simdCounting({ placeCount, bins, tables }: PixelHistogramShape): Counting | null {
  const cells = placeCount * bins.count
  const memory = kernelMemory([
    cells,
    cells * 4,
    placeCount * 4,
    stagedEvents * 4,
    stagedEvents * 4,
    (stagedEvents + 1) * 4,
    (stagedEvents + 4) * 4,
    ...binSizes(bins),
    ...tables.map(({ places }) => places.byteLength),
  ])
  if (memory === null) return null
  const { buffer, kernels, addresses } = memory
  const [windowAt = 0, cumulativeAt = 0, imageAt = 0, toaAt = 0, pixelAt = 0, carriesAt = 0, foundAt = 0] =
    addresses
  const [binsAt = 0, cellsAt = 0, ...tablesAt] = addresses.slice(7)
  writeBins(memory, bins, { binsAt, cellsAt })
  const firstIds = tables.map(({ firstId }) => firstId)
  const lengths = tables.map(({ places }) => places.length)
  tables.forEach(({ places }, index) => new Int32Array(buffer, tablesAt[index], places.length).set(places))
  const toaRoom = new Int32Array(buffer, toaAt, stagedEvents)
  const pixelRoom = new Int32Array(buffer, pixelAt, stagedEvents)
  const carryRoom = new Uint32Array(buffer, carriesAt, stagedEvents + 1)
  const carries = new CarryList()
  const isPlain = tables.map(({ places }) => places.every((place, at) => place === at))
  const findCells = (n: number, table: number): number => {
    const placesAt = tablesAt[table] ?? 0
    const { formula } = bins
    // oxfmt-ignore
    return formula === null
      ? kernels.cellsByTable(toaAt, pixelAt, n, firstIds[table] ?? 0, placesAt, lengths[table] ?? 0, binsAt, bins.count, cellsAt, bins.shift, foundAt)
      : kernels.cellsByScale(toaAt, pixelAt, n, firstIds[table] ?? 0, isPlain[table] === true ? 0 : placesAt, lengths[table] ?? 0, bins.firstNs, bins.endNs - 1, formula.offset, formula.scale, bins.count, foundAt)
  }
  return {
    window: new Uint8Array(buffer, windowAt, cells),
    carries,
    cumulative: new Uint32Array(buffer, cumulativeAt, cells),
    image: new Uint32Array(buffer, imageAt, placeCount),
    add({ toa, pixel }, table) {
      if (table >= tables.length) return 0
      let inside = 0
      for (let from = 0; from < toa.length; from += stagedEvents) {
        const n = Math.min(stagedEvents, toa.length - from)
        toaRoom.set(from === 0 && n === toa.length ? toa : toa.subarray(from, from + n))
        pixelRoom.set(from === 0 && n === toa.length ? pixel : pixel.subarray(from, from + n))
        const found = findCells(n, table)
        kernels.countCells(foundAt, found, windowAt, carriesAt)
        inside += found
        const count = carryRoom[0] ?? 0
        if (count > 0) carries.addAll(carryRoom.subarray(1, count + 1))
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
