import type { PixelType } from '../core/image-metadata.ts'
import type { RgbPicture } from './jpeg.ts'

/** Pictures of images are of this size, whatever the detector's. */
export const previewWidth = 800
export const previewHeight = 600

/** From black over red and yellow to white. */
const hot = Uint8Array.from({ length: 256 * 3 }, (_, at) => {
  const level = Math.floor(at / 3) / 255
  const starts = [0, 0.365, 0.746]
  const ends = [0.365, 0.746, 1]
  const from = starts[at % 3] ?? 0
  return Math.round(255 * Math.min(1, Math.max(0, (level - from) / ((ends[at % 3] ?? 1) - from))))
})

export interface PreviewSource {
  readonly width: number
  readonly height: number
  readonly values: ArrayLike<number>
}

/** Raw bytes of an image as numbers. */
export function pixelValues(bytes: Uint8Array, type: PixelType): ArrayLike<number> {
  const { buffer, byteOffset, length } = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
  if (type === 'u8') return bytes
  if (type === 'u16') return new Uint16Array(buffer, byteOffset, length / 2)
  if (type === 'u32') return new Uint32Array(buffer, byteOffset, length / 4)
  // No detector here makes other pixels.
  return type === 'f32' ? new Float32Array(buffer, byteOffset, length / 4) : new Uint8Array()
}

/** The values between which colours are spread: nearly the lowest and the highest of what is shown. */
function range(shown: Float64Array): { readonly low: number; readonly high: number } {
  const sample: number[] = []
  // A prime: no pattern of the detector repeats so.
  for (let at = 0; at < shown.length; at += 53) {
    const value = shown[at] ?? 0
    if (Number.isFinite(value)) sample.push(value)
  }
  const sorted = Float64Array.from(sample).toSorted()
  const low = sorted[Math.floor(sorted.length * 0.01)] ?? 0
  const high = sorted[Math.ceil(sorted.length * 0.998) - 1] ?? 1
  return { low, high: high > low ? high : low + 1 }
}

export function emptyPreview(): RgbPicture {
  const rgb = new Uint8Array(previewWidth * previewHeight * 3)
  return { width: previewWidth, height: previewHeight, rgb }
}

/** An image in hot colours at 800 x 600, its first row at the bottom. */
export function preview({ width, height, values }: PreviewSource): RgbPicture {
  const picture = emptyPreview()
  const shown = new Float64Array(previewWidth * previewHeight)
  for (let y = 0; y < previewHeight; y += 1) {
    const row = height - 1 - Math.floor((y * height) / previewHeight)
    for (let x = 0; x < previewWidth; x += 1)
      shown[y * previewWidth + x] = values[row * width + Math.floor((x * width) / previewWidth)] ?? Number.NaN
  }
  const { low, high } = range(shown)
  for (let at = 0; at < shown.length; at += 1) {
    const value = shown[at] ?? 0
    const level = Number.isFinite(value)
      ? Math.min(255, Math.max(0, Math.round(((value - low) * 255) / (high - low))))
      : value > 0
        ? 255
        : 0
    for (let colour = 0; colour < 3; colour += 1) picture.rgb[at * 3 + colour] = hot[level * 3 + colour] ?? 0
  }
  return picture
}
