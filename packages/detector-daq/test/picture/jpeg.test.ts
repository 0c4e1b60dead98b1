import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { encodeJpeg } from '../../src/picture/jpeg.ts'
import { emptyPreview, pixelValues, preview, previewWidth } from '../../src/picture/preview.ts'
import { drawText } from '../../src/picture/text.ts'

/** Segments of a JPEG file by marker, until the scan. */
function segments(bytes: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>()
  const view = new DataView(bytes.buffer)
  for (let at = 2; at < bytes.length;) {
    const length = view.getUint16(at + 2)
    found.set(bytes[at + 1] ?? 0, bytes.subarray(at + 4, at + 2 + length))
    if (bytes[at + 1] === 0xda) break
    at += 2 + length
  }
  return found
}

test('a picture becomes a baseline JPEG file of its size', () => {
  const rgb = Uint8Array.from({ length: 20 * 12 * 3 }, (_, at) => at)
  const bytes = encodeJpeg({ width: 20, height: 12, rgb })
  expect([...bytes.subarray(0, 2), ...bytes.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xd9])
  const frame = segments(bytes).get(0xc0) ?? new Uint8Array()
  expect([...frame.subarray(0, 6)]).toEqual([8, 0, 12, 0, 20, 3])
  // In the scan every 0xff is followed by 0, so that none looks like a marker.
  const scan = bytes.subarray(bytes.lastIndexOf(0xda) + 13, -2)
  expect(scan.every((byte, at) => byte !== 0xff || scan[at + 1] === 0)).toBe(true)
})

// Pillow 12 decoded these bytes to the picture, within 1 of 255.
test('the bytes of a grey ramp are those that another program decoded', () => {
  const rgb = Uint8Array.from({ length: 16 * 16 * 3 }, (_, at) => Math.floor(at / 3) & 0xff)
  const hash = createHash('sha1')
    .update(encodeJpeg({ width: 16, height: 16, rgb }))
    .digest('hex')
  expect(hash).toBe('9e0963f17f4357e5a638a85675b131c5294fb5ef')
})

test('bright pixels are bright, the first row is at the bottom, and what is no number is black', () => {
  const values = new Float32Array(8 * 4)
  for (let at = 0; at < values.length; at += 1) values[at] = at % 8
  values.fill(Number.NaN, 0, 8)
  const { rgb, width, height } = preview({ width: 8, height: 4, values })
  const sum = (x: number, y: number): number =>
    [0, 1, 2].reduce((total, colour) => total + (rgb[(y * width + x) * 3 + colour] ?? 0), 0)
  expect(sum(width - 5, 10)).toBe(3 * 255)
  expect(sum(5, 10)).toBe(0)
  expect(sum(width - 5, height - 5)).toBe(0)
})

test('text is drawn in white', () => {
  const picture = emptyPreview()
  drawText(picture, 'I1', { x: 0, y: 0, scale: 1 })
  // The upper bar of the I.
  expect(Array.from({ length: 5 }, (_, x) => picture.rgb[x * 3])).toEqual([0, 255, 255, 255, 0])
  expect(picture.rgb[previewWidth * 3 + 6]).toBe(255)
})

test('raw bytes become numbers of their type', () => {
  const bytes = Uint8Array.of(1, 0, 0, 2, 0, 0, 128, 63)
  expect(Array.from(pixelValues(bytes, 'u16'))).toEqual([1, 512, 0, 16_256])
  expect(pixelValues(bytes.subarray(4), 'f32')[0]).toBe(1)
  expect(Array.from(pixelValues(bytes.subarray(1, 3), 'u8'))).toEqual([0, 0])
})
