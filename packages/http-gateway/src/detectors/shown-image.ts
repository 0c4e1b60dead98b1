import { ImageFrames } from './image-frame.ts'
import type { ViewThreshold } from '../ui-types.ts'
import { maskedImage, type SourceImage } from './pixels.ts'
import { thresholdedImage } from './value-threshold.ts'

/** Thresholds of different viewers of one image. */
const mostThresholds = 4

/** An image and what is worked out for its viewers, with its mask and without. */
export class ShownImage {
  readonly image: SourceImage
  #plain: ImageFrames | null = null
  #masked: { readonly mask: Uint8Array; readonly frames: ImageFrames } | null = null
  /** By what was asked for. */
  readonly #thresholded = new Map<string, ImageFrames>()
  /** Of those that are masked, too. */
  #thresholdMask: Uint8Array | null = null

  constructor(image: SourceImage) {
    this.image = image
  }

  /** A mask of another size is none. */
  frames(mask: Uint8Array | null, threshold: ViewThreshold | null = null): ImageFrames {
    const { image } = this
    const usable = mask?.length === image.pixels.length ? mask : null
    if (threshold !== null) return this.#beyond(usable, threshold)
    if (usable === null) return (this.#plain ??= new ImageFrames(image))
    if (this.#masked?.mask !== usable)
      this.#masked = { mask: usable, frames: new ImageFrames(maskedImage(image, usable)) }
    return this.#masked.frames
  }

  #beyond(mask: Uint8Array | null, threshold: ViewThreshold): ImageFrames {
    if (mask !== null && mask !== this.#thresholdMask) {
      this.#thresholded.clear()
      this.#thresholdMask = mask
    }
    const key = `${mask === null ? 'all' : 'masked'} ${JSON.stringify(threshold)}`
    const known = this.#thresholded.get(key)
    if (known !== undefined) return known
    const image = mask === null ? this.image : maskedImage(this.image, mask)
    const frames = new ImageFrames(thresholdedImage(image, threshold))
    if (this.#thresholded.size >= mostThresholds) this.#thresholded.clear()
    this.#thresholded.set(key, frames)
    return frames
  }
}
