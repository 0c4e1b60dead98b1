import type { AutoRange } from '../ui-types.ts'

export type Pixels =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array

export interface SourceImage {
  readonly id: number
  readonly width: number
  readonly height: number
  readonly pixels: Pixels
  /** Unix ms */
  readonly atMs: number
  /** From which value on a pixel is saturated, where its type does not say. */
  readonly saturation?: number
  readonly isRecorded?: boolean
  /** Every value is a whole number from 0 to 65 535 or not a number, whatever the type that holds it. */
  readonly areCounts?: boolean
}

/** Statistics of a whole image. */
export interface ImageStatistics {
  readonly min: number
  readonly max: number
  readonly sum: number
  /** Not a number. */
  readonly masked: number
  /** At the largest value of an integer type. */
  readonly saturated: number
  /** Value below which a share of the pixels lies. */
  quantile(share: number): number
}

const types: Readonly<Record<string, new (buffer: ArrayBuffer) => Pixels>> = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
}

/** Pixels of a type by its NumPy name; null for a type or a size that does not fit. */
export function pixelsOf(type: string, bytes: ArrayBuffer, count: number): Pixels | null {
  const make = Object.hasOwn(types, type) ? types[type] : undefined
  if (make === undefined) return null
  const pixels = new make(bytes)
  return pixels.length === count ? pixels : null
}

/** Value that means saturated; infinity where there is none. */
export function saturationOf(pixels: Pixels): number {
  if (pixels instanceof Uint8Array) return 0xff
  if (pixels instanceof Uint16Array) return 0xff_ff
  if (pixels instanceof Uint32Array) return 0xff_ff_ff_ff
  return Number.POSITIVE_INFINITY
}

/** Whether values can be looked up in a table. */
export function areCounts({ pixels, areCounts: known }: SourceImage): boolean {
  return known ?? (pixels instanceof Uint16Array || pixels instanceof Uint8Array)
}

/** The image with what the mask marks left out: not a number. The mask has a byte a pixel, not zero = masked. */
export function maskedImage(image: SourceImage, mask: Uint8Array): SourceImage {
  const { pixels } = image
  const isExact = pixels.BYTES_PER_ELEMENT < 4 || pixels instanceof Float32Array
  const masked = isExact ? new Float32Array(pixels) : new Float64Array(pixels)
  for (let index = 0; index < masked.length; index++) if (mask[index] !== 0) masked[index] = Number.NaN
  return {
    ...image,
    pixels: masked,
    saturation: image.saturation ?? saturationOf(pixels),
    areCounts: areCounts(image),
  }
}

/** Of images that have not 16 bits, quantiles come from so many pixels. */
const sampleSize = 65_536

export function statisticsOf(
  pixels: Pixels,
  saturation = saturationOf(pixels),
  areCounted = false,
): ImageStatistics {
  const counts = new Uint32Array(65_536)
  if (pixels instanceof Uint16Array) return countedStatistics(pixels, countWords(pixels, counts), saturation)
  return areCounted && pixels instanceof Float32Array
    ? countedStatistics(pixels, countFloats(pixels, counts), saturation)
    : sampledStatistics(pixels, saturation)
}

function countWords(pixels: Uint16Array, counts: Uint32Array): Uint32Array {
  for (let index = 0; index < pixels.length; index++) {
    const value = pixels[index] ?? 0
    counts[value] = (counts[value] ?? 0) + 1
  }
  return counts
}

function countFloats(pixels: Float32Array, counts: Uint32Array): Uint32Array {
  for (let index = 0; index < pixels.length; index++) {
    const value = pixels[index] ?? Number.NaN
    if (!Number.isNaN(value)) counts[value | 0] = (counts[value | 0] ?? 0) + 1
  }
  return counts
}

/** How often each value of 16 bits occurs tells everything. Covered by bench/image-frame.ts. */
function countedStatistics(pixels: Pixels, counts: Uint32Array, saturation: number): ImageStatistics {
  let counted = 0
  let [min, max, sum, saturated] = [-1, 0, 0, 0]
  for (let value = 0; value < counts.length; value++) {
    const count = counts[value] ?? 0
    if (count === 0) continue
    if (min < 0) min = value
    max = value
    counted += count
    sum += value * count
    if (value >= saturation) saturated += count
  }
  const quantile = (share: number): number => {
    let left = share * counted
    for (let value = 0; value < counts.length; value++) {
      left -= counts[value] ?? 0
      if (left <= 0) return value
    }
    return max
  }
  return { min: Math.max(0, min), max, sum, masked: pixels.length - counted, saturated, quantile }
}

function sampledStatistics(pixels: Pixels, saturation: number): ImageStatistics {
  let [min, max, sum, masked, saturated] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0]
  for (let index = 0; index < pixels.length; index++) {
    const value = pixels[index] ?? Number.NaN
    if (Number.isNaN(value)) masked++
    else {
      if (value < min) min = value
      if (value > max) max = value
      if (value >= saturation) saturated++
      sum += value
    }
  }
  if (masked === pixels.length) [min, max] = [0, 0]
  let sorted: Float64Array | null = null
  const quantile = (share: number): number => {
    sorted ??= sampleOf(pixels).toSorted()
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  }
  return { min, max, sum, masked, saturated, quantile }
}

function sampleOf(pixels: Pixels): Float64Array {
  const step = Math.max(1, Math.floor(pixels.length / sampleSize))
  const values = Float64Array.from(
    { length: Math.floor(pixels.length / step) },
    (_, index) => pixels[index * step] ?? Number.NaN,
  )
  return values.filter((value) => !Number.isNaN(value))
}

/** The range that an automatic choice stands for. */
export function rangeOf(
  statistics: ImageStatistics,
  auto: Exclude<AutoRange, 'off'>,
): readonly [number, number] {
  switch (auto) {
    case 'minmax':
      return [statistics.min, statistics.max]
    case 'p0.1-99.9':
      return [statistics.quantile(0.001), statistics.quantile(0.999)]
    case 'p1-99':
      return [statistics.quantile(0.01), statistics.quantile(0.99)]
  }
}
