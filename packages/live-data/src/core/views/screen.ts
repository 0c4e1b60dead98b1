import type { PixelPlaces } from '../../event-histogram/pixel-places.ts'
import type { Variable } from '../../data/data-array.ts'

/** Where the pixels of a bank are shown: one table of places per replica. */
export interface Screen {
  readonly dims: readonly string[]
  readonly shape: readonly number[]
  readonly placeCount: number
  readonly tables: readonly PixelPlaces[]
  /** Pixels per place, mean over the replicas. */
  readonly weights: () => Float64Array
  /** Bin edges of screen dimensions, where places have a meaning in space. */
  readonly coords: Readonly<Record<string, Variable>>
}

export function pixelsPerPlace(tables: readonly PixelPlaces[], placeCount: number): Float64Array {
  const weights = new Float64Array(placeCount)
  for (const { slow, fast } of tables)
    for (const row of slow)
      for (const column of fast) {
        const place = row + column
        if (place >= 0) weights[place] = (weights[place] ?? 0) + 1 / tables.length
      }
  return weights
}
