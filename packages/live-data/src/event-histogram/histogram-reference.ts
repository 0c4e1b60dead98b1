import { pixelCount, type PixelPlaces } from './pixel-places.ts'
import type { TimeBins } from './time-bins.ts'

/* Reference kernels; kernel.generated.ts holds the same in SIMD WebAssembly. Measured by bench/event-histogram.ts. */

/** Counts times into bins. Gives how many were inside. */
export function countTimes(toa: Int32Array, bins: TimeBins, counts: Uint32Array): number {
  const { firstNs, endNs } = bins
  let inside = 0
  for (let i = 0; i < toa.length; i++) {
    const time = toa[i] ?? 0
    if (time < firstNs || time >= endNs) continue
    const bin = binOf(time, bins)
    counts[bin] = (counts[bin] ?? 0) + 1
    inside += 1
  }
  return inside
}

/** Of a time that is inside. */
function binOf(time: number, { firstNs, cells, shift, edgesNs }: TimeBins): number {
  let bin = cells[(time - firstNs) >>> shift] ?? 0
  while (time >= (edgesNs[bin + 1] ?? Infinity)) bin += 1
  return bin
}

export interface EventVectors {
  readonly toa: Int32Array
  readonly pixel: Int32Array
}

export interface PixelTarget {
  readonly places: PixelPlaces
  readonly bins: TimeBins
  /** Screen places x bins. A cell that passes 255 starts again at 0 and is written to `carries`. */
  readonly cube: Uint8Array
  readonly carries: Carries
}

/** Cells that passed 255, once each time. */
export interface Carries {
  add(cell: number): void
}

/** Counts events into screen place and bin. Gives how many were inside. */
export function countPixels({ toa, pixel }: EventVectors, target: PixelTarget): number {
  const { firstId, slow, fast } = target.places
  const { firstNs, endNs, count } = target.bins
  const { cube, carries } = target
  const length = pixelCount(target.places)
  let inside = 0
  for (let i = 0; i < toa.length; i++) {
    const id = (pixel[i] ?? 0) - firstId
    if (id < 0 || id >= length) continue
    const place = (slow[Math.floor(id / fast.length)] ?? 0) + (fast[id % fast.length] ?? 0)
    const time = toa[i] ?? 0
    if (place < 0 || time < firstNs || time >= endNs) continue
    const at = place * count + binOf(time, target.bins)
    const value = ((cube[at] ?? 0) + 1) & 255
    cube[at] = value
    if (value === 0) carries.add(at)
    inside += 1
  }
  return inside
}

export interface FoldTarget {
  readonly cumulative: Uint32Array | Float64Array
  /** Per place: the window's counts in bins [first, end). */
  readonly image: Uint32Array
  readonly binCount: number
  readonly range: readonly [first: number, end: number]
}

/** Adds the window to the cumulative counts, sums its image and clears it. */
export function foldWindow(window: Uint8Array, target: FoldTarget): void {
  const { cumulative, image, binCount, range } = target
  const [first, end] = range
  for (let place = 0, at = 0; place < image.length; place++) {
    let sum = 0
    for (let bin = 0; bin < binCount; bin++, at++) {
      const value = window[at] ?? 0
      if (value === 0) continue
      cumulative[at] = (cumulative[at] ?? 0) + value
      window[at] = 0
      if (bin >= first && bin < end) sum += value
    }
    image[place] = sum
  }
}
