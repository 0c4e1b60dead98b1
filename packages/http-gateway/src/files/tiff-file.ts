import type { TypedNumbers, Values } from '@beamtime/hdf5'
import { badRequest } from '../error.ts'

/* TIFF 6.0, little endian, one page an image, uncompressed, one strip a page:
 *   "II" 42 u32 offset of the first directory; directory: u16 n, n * (tag u16, type u16, count u32, value u32), u32 next.
 * Source: TIFF Revision 6.0, sections 2 and 8. */

const tags = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffset: 273,
  samples: 277,
  rows: 278,
  stripBytes: 279,
  sampleFormat: 339,
} as const
const entryBytes = 12
const headerBytes = 8

/** Images as pages of a file. Throws 400 for what is no image. */
export function tiffFile({ shape, data }: Extract<Values, { kind: 'numbers' }>): Buffer {
  const format = sampleFormat(data)
  const [height, width] = shape.slice(-2)
  const pages = shape.length === 2 ? 1 : (shape[0] ?? 0)
  if (format === null || width === undefined || height === undefined || shape.length > 3 || pages === 0)
    throw badRequest('A picture has two dimensions, a stack three, of numbers up to 64 bit floats')
  const size = data.BYTES_PER_ELEMENT
  const pageBytes = width * height * size
  const directoryBytes = 2 + Object.keys(tags).length * entryBytes + 4
  const file = Buffer.alloc(headerBytes + pages * (directoryBytes + pageBytes))
  file.write('II', 0, 'latin1')
  file.writeUInt16LE(42, 2)
  file.writeUInt32LE(headerBytes, 4)
  const pixels = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  for (let page = 0; page < pages; page++) {
    const at = headerBytes + page * (directoryBytes + pageBytes)
    const dataAt = at + directoryBytes
    const next = page + 1 < pages ? dataAt + pageBytes : 0
    const values: Readonly<Record<keyof typeof tags, number>> = {
      width,
      height,
      bits: size * 8,
      compression: 1,
      photometric: 1,
      stripOffset: dataAt,
      samples: 1,
      rows: height,
      stripBytes: pageBytes,
      sampleFormat: format,
    }
    writeDirectory(file, { at, values, next })
    pixels.copy(file, dataAt, page * pageBytes, (page + 1) * pageBytes)
  }
  return file
}

function writeDirectory(
  file: Buffer,
  directory: {
    readonly at: number
    readonly values: Readonly<Record<keyof typeof tags, number>>
    readonly next: number
  },
): void {
  const names = Object.keys(tags) as (keyof typeof tags)[]
  let at = file.writeUInt16LE(names.length, directory.at)
  for (const name of names) {
    at = file.writeUInt16LE(tags[name], at)
    at = file.writeUInt16LE(4, at) // LONG, which readers take for every one of these
    at = file.writeUInt32LE(1, at)
    at = file.writeUInt32LE(directory.values[name], at)
  }
  file.writeUInt32LE(directory.next, at)
}

/** 1 unsigned, 2 signed, 3 float; null for what a TIFF does not hold. */
function sampleFormat(data: TypedNumbers): number | null {
  if (data instanceof Float32Array || data instanceof Float64Array) return 3
  if (data instanceof Int8Array || data instanceof Int16Array || data instanceof Int32Array) return 2
  if (data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Uint32Array) return 1
  return null
}
