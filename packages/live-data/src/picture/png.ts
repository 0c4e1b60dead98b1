import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'
import { palette } from './colours.ts'
import type { Raster } from './raster.ts'

/* PNG (ISO/IEC 15948): signature, IHDR, PLTE, IDAT, IEND; 8-bit palette, no filter. Text chunks carry title and time. */

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const deflated = promisify(deflate)

export async function encodePng(
  raster: Raster,
  texts: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const { width, height, pixels } = raster
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  const rows = new Uint8Array((width + 1) * height)
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...Object.entries(texts).map(([key, text]) =>
      chunk('iTXt', Buffer.from(`${key}\0\0\0\0\0${text}`, 'utf8')),
    ),
    chunk('PLTE', palette),
    chunk('IDAT', await deflated(rows, { level: 1 })),
    chunk('IEND', new Uint8Array(0)),
  ])
}

function chunk(name: string, content: Uint8Array): Buffer {
  const framed = Buffer.alloc(content.length + 12)
  framed.writeUInt32BE(content.length, 0)
  framed.write(name, 4, 'latin1')
  framed.set(content, 8)
  framed.writeUInt32BE(crc32(framed.subarray(4, content.length + 8)), content.length + 8)
  return framed
}
