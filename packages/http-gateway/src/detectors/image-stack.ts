import { saturationOf, type SourceImage } from './pixels.ts'

export interface Stack {
  readonly how: 'sum' | 'mean' | 'max'
  readonly images: number
}

const mostImages = 10_000

/** Reads `sum 10`, `mean 10` or `max 10`; null for anything else. */
export function stackOf(mode: string): Stack | null {
  const [, how, images] = /^(sum|mean|max) (\d{1,5})$/.exec(mode) ?? []
  if (how !== 'sum' && how !== 'mean' && how !== 'max') return null
  const count = Number(images)
  return count >= 1 && count <= mostImages ? { how, images: count } : null
}

/** Puts images together, so many at a time. Until the first ones are complete, what there is so far. */
export class ImageStack {
  readonly #stack: Stack
  #values: Float64Array | null = null
  #count = 0
  #shown: SourceImage | null = null
  #isWhole = false

  constructor(stack: Stack) {
    this.#stack = stack
  }

  /** Null before the first image. */
  get shown(): SourceImage | null {
    return this.#shown
  }

  /** Images of another size begin anew. Gives whether there is something new to see. */
  take(image: SourceImage): boolean {
    const { how, images } = this.#stack
    const { pixels } = image
    if (this.#values?.length !== pixels.length) {
      this.#values = null
      this.#isWhole = false
    }
    if (this.#values === null || this.#count === images) {
      this.#values = new Float64Array(pixels.length)
      if (how === 'max') this.#values.fill(Number.NEGATIVE_INFINITY)
      this.#count = 0
    }
    const values = this.#values
    if (how === 'max')
      for (let at = 0; at < values.length; at++) values[at] = Math.max(values[at] ?? 0, pixels[at] ?? 0)
    else for (let at = 0; at < values.length; at++) values[at] = (values[at] ?? 0) + (pixels[at] ?? 0)
    this.#count += 1
    if (this.#count < images && this.#isWhole) return false
    this.#isWhole = this.#count === images
    this.#shown = this.#made(image, values)
    return true
  }

  #made(image: SourceImage, values: Float64Array): SourceImage {
    const { how } = this.#stack
    const saturation = image.saturation ?? saturationOf(image.pixels)
    return {
      ...image,
      pixels: how === 'mean' ? values.map((value) => value / this.#count) : values.slice(),
      // Saturated in every one of them.
      saturation: how === 'sum' ? saturation * this.#count : saturation,
    }
  }
}
