import { ImageFrames } from './image-frame.ts'
import { maskedImage, type SourceImage } from './pixels.ts'

/** An image and what is worked out for its viewers, with its mask and without. */
export class ShownImage {
  readonly image: SourceImage
  #plain: ImageFrames | null = null
  #masked: { readonly mask: Uint8Array; readonly frames: ImageFrames } | null = null

  constructor(image: SourceImage) {
    this.image = image
  }

  /** A mask of another size is none. */
  frames(mask: Uint8Array | null): ImageFrames {
    const { image } = this
    if (mask === null || mask.length !== image.pixels.length) return (this.#plain ??= new ImageFrames(image))
    if (this.#masked?.mask !== mask)
      this.#masked = { mask, frames: new ImageFrames(maskedImage(image, mask)) }
    return this.#masked.frames
  }
}
