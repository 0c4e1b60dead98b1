import { isRecord } from '../http/body.ts'
import type { ViewThreshold } from '../ui-types.ts'
import { areCounts, saturationOf, type SourceImage } from './pixels.ts'

/** Reads the threshold of a view; null where it bounds nothing. */
export function thresholdOf(value: unknown): ViewThreshold | null {
  if (!isRecord(value)) return null
  const [below, above] = [boundOf(value['below']), boundOf(value['above'])]
  return below === null && above === null
    ? null
    : { below, above, how: value['how'] === 'saturated' ? 'saturated' : 'masked' }
}

function boundOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** The image as the threshold wants it seen: what lies below is left out, what lies above is left out or saturated. */
export function thresholdedImage(image: SourceImage, { below, above, how }: ViewThreshold): SourceImage {
  const { pixels } = image
  const known = image.saturation ?? saturationOf(pixels)
  const saturation = how === 'saturated' && above !== null ? Math.min(known, justAbove(above)) : known
  const [lo, hi] = [
    below ?? Number.NEGATIVE_INFINITY,
    how === 'masked' && above !== null ? above : Number.POSITIVE_INFINITY,
  ]
  if (lo === Number.NEGATIVE_INFINITY && hi === Number.POSITIVE_INFINITY) return { ...image, saturation }
  const isExact = pixels.BYTES_PER_ELEMENT < 4 || pixels instanceof Float32Array
  const kept = isExact ? new Float32Array(pixels) : new Float64Array(pixels)
  for (let at = 0; at < kept.length; at++) {
    const value = kept[at] ?? Number.NaN
    if (value < lo || value > hi) kept[at] = Number.NaN
  }
  return { ...image, pixels: kept, saturation, areCounts: areCounts(image) }
}

/** A little more than a value, so that the value itself is not above it. */
function justAbove(value: number): number {
  return value + Math.max(1e-9, Math.abs(value) * 2 ** -30)
}
