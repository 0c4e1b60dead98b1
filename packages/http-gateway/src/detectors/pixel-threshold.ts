import type { Pixels, SourceImage } from './pixels.ts'

/** Values outside of which a pixel is bad; null is no bound. */
export interface PixelBounds {
  readonly below: number | null
  readonly above: number | null
}

/** Marks the pixels that every image has below or above the bounds: one byte a pixel, 1 = marked. */
export class ThresholdMarks {
  readonly #bounds: PixelBounds
  #size = ''
  #marks: Uint8Array | null = null

  constructor(bounds: PixelBounds) {
    this.#bounds = bounds
  }

  /** False for an image of another size. */
  take({ width, height, pixels }: SourceImage): boolean {
    const size = `${height},${width}`
    if (this.#marks === null) [this.#size, this.#marks] = [size, new Uint8Array(pixels.length).fill(1)]
    if (size !== this.#size) return false
    keepOutside(this.#marks, pixels, this.#bounds)
    return true
  }

  get marks(): Uint8Array {
    return this.#marks ?? new Uint8Array()
  }

  /** Height and width. */
  get size(): string {
    return this.#size
  }
}

function keepOutside(marks: Uint8Array, pixels: Pixels, { below, above }: PixelBounds): void {
  const [lo, hi] = [below ?? Number.NEGATIVE_INFINITY, above ?? Number.POSITIVE_INFINITY]
  for (let at = 0; at < marks.length; at++) {
    const value = pixels[at] ?? Number.NaN
    if (!(value < lo || value > hi)) marks[at] = 0
  }
}
