import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Logger } from '@beamtime/service-kit'
import { countMasked, writeMaskFile, type MaskImage, type MaskReader } from './mask-file.ts'

/** The mask that a detector uses. */
export interface PixelMask {
  /** Not zero = masked. */
  readonly bytes: Uint8Array | undefined
  /** How many are masked. */
  readonly pixels: number
  /** Under which it was kept; empty for the one of the configuration. */
  readonly name: string
  /** Another one after each change. */
  readonly version: number
}

let changes = 0

/** A mask with a version that no other one has, also after a new start. */
export function pixelMask(bytes: Uint8Array | undefined, name = ''): PixelMask {
  changes += 1
  const pixels = bytes === undefined ? 0 : countMasked(bytes)
  return { bytes, pixels, name, version: Date.now() * 1_000 + (changes % 1_000) }
}

/** Keeps the mask that a person applied, so that a new start uses it. Another `pixel_mask_file` in the configuration wins over it. */
export class AppliedMask {
  readonly #path: string
  readonly #base: string
  readonly #log: Logger
  readonly #reader: MaskReader

  constructor(options: { path: string; pixelMaskFile: string; log: Logger; reader: MaskReader }) {
    this.#path = options.path
    this.#base = options.pixelMaskFile
    this.#log = options.log
    this.#reader = options.reader
  }

  /** Undefined when none was applied, or one that is not for these images. */
  async load(image: {
    readonly width: number
    readonly height: number
  }): Promise<{ readonly name: string; readonly bytes: Uint8Array } | undefined> {
    if (!existsSync(this.#path)) return undefined
    try {
      const { width, height, bytes, name, base } = await this.#reader.read(this.#path, '')
      if (base !== this.#base) return undefined
      if (width === image.width && height === image.height) return { name, bytes }
      this.#log.warn('mask.size', { mask: `${width}x${height}`, image: `${image.width}x${image.height}` })
    } catch (error) {
      this.#log.warn('mask.unreadable', { message: error instanceof Error ? error.message : String(error) })
    }
    return undefined
  }

  /** Undefined: none is applied any more. */
  async save(mask: (MaskImage & { readonly name: string }) | undefined): Promise<void> {
    if (mask === undefined) await rm(this.#path, { force: true })
    else await writeMaskFile(this.#path, { ...mask, base: this.#base })
  }
}
