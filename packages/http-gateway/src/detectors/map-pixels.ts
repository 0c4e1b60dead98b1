import type { Pixels } from './pixels.ts'
import { binAt, binTable, histogramBins, indexIn, indexTable, placeIn, type Range } from './scaling.ts'

/* Pixels to colours and to a histogram. Counts are looked up in tables; a loop for each type keeps every one of them fast.
 * Covered by bench/image-frame.ts. */

/** Of counts, the largest one; null for values that are no counts. */
export type LargestCount = number | null

/** Colour indices of pixels. */
export function coloured(
  pixels: Pixels,
  { range, saturation }: { readonly range: Range; readonly saturation: number },
  largest: LargestCount,
): Uint8Array {
  const found = new Uint8Array(pixels.length)
  if (largest === null) {
    const index = indexIn(range, saturation)
    for (let at = 0; at < pixels.length; at++) found[at] = index(pixels[at] ?? Number.NaN)
    return found
  }
  const table = indexTable(range, saturation, largest)
  if (pixels instanceof Uint16Array) lookUpWords(pixels, table, found)
  else if (pixels instanceof Float32Array) lookUpFloats(pixels, table, found)
  else for (let at = 0; at < pixels.length; at++) found[at] = table[pixels[at] ?? Number.NaN] ?? 0
  return found
}

function lookUpWords(pixels: Uint16Array, table: Uint8Array, found: Uint8Array): void {
  for (let at = 0; at < pixels.length; at++) found[at] = table[pixels[at] ?? 0] ?? 0
}

/** What is masked is not a number. */
function lookUpFloats(pixels: Float32Array, table: Uint8Array, found: Uint8Array): void {
  for (let at = 0; at < pixels.length; at++) {
    const value = pixels[at] ?? Number.NaN
    found[at] = Number.isNaN(value) ? 0 : (table[value | 0] ?? 0)
  }
}

/** A large image is sampled. */
const samples = 262_144

/** How many pixels have the values of each bin over the range. */
export function histogram(pixels: Pixels, range: Range, largest: LargestCount): Uint32Array {
  const counts = new Uint32Array(histogramBins)
  const step = Math.max(1, Math.floor(pixels.length / samples))
  if (largest !== null) {
    const table = binTable(range, largest)
    for (let at = 0; at < pixels.length; at += step) {
      const value = pixels[at] ?? Number.NaN
      const bin = Number.isNaN(value) ? -1 : (table[value | 0] ?? -1)
      if (bin >= 0) counts[bin] = (counts[bin] ?? 0) + step
    }
    return counts
  }
  const place = placeIn(range)
  for (let at = 0; at < pixels.length; at += step) {
    const bin = binAt(place(pixels[at] ?? Number.NaN))
    if (bin >= 0) counts[bin] = (counts[bin] ?? 0) + step
  }
  return counts
}
