import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decompressChunk } from '../../src/bitshuffle-lz4/chunk.ts'
import { createChunkDecompressor } from '../../src/bitshuffle-lz4/decompressor.ts'

/* Blocks that our compressor does not make: matches at any distance and of any length, up to the last byte. */

interface Sequence {
  readonly literals: readonly number[]
  readonly offset: number
  readonly length: number
}

const sequence = fc.record({
  literals: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 40 }),
  offset: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 300 })),
  length: fc.oneof(fc.integer({ min: 4, max: 40 }), fc.integer({ min: 4, max: 700 })),
})

function lengthBytes(rest: number): readonly number[] {
  return [...Array.from({ length: Math.floor(rest / 255) }, () => 255), rest % 255]
}

/** One LZ4 block and the size of what it holds; the last literals fill that up to a multiple of `unit`. */
function block(sequences: readonly Sequence[], unit: number): { bytes: readonly number[]; size: number } {
  const bytes: number[] = []
  let size = 0
  for (const { literals, offset, length } of sequences) {
    size += literals.length
    const extra = length - 4
    bytes.push((Math.min(15, literals.length) << 4) | Math.min(15, extra))
    if (literals.length >= 15) bytes.push(...lengthBytes(literals.length - 15))
    const distance = Math.min(offset, size)
    bytes.push(...literals, distance & 0xff, distance >> 8)
    if (extra >= 15) bytes.push(...lengthBytes(extra - 15))
    size += length
  }
  const last = unit - (size % unit)
  bytes.push(Math.min(15, last) << 4)
  if (last >= 15) bytes.push(...lengthBytes(last - 15))
  bytes.push(...Array.from({ length: last }, (_, at) => (at * 37) & 0xff))
  return { bytes, size: size + last }
}

function chunkOf(bytes: readonly number[], size: number): Uint8Array {
  const chunk = new Uint8Array(16 + bytes.length)
  const view = new DataView(chunk.buffer)
  view.setBigUint64(0, BigInt(size))
  view.setUint32(8, size)
  view.setUint32(12, bytes.length)
  chunk.set(bytes, 16)
  return chunk
}

test('the SIMD decompressor and the reference read any block alike', () => {
  const decompressor = createChunkDecompressor({ maxBytes: 1 << 16 })
  fc.assert(
    fc.property(
      fc.array(sequence, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(1, 2, 4, 8),
      fc.constantFrom(1, 16),
      (sequences, elementBytes, groups) => {
        const size = elementBytes as 1 | 2 | 4 | 8
        const made = block(sequences, size * 8 * groups)
        const chunk = chunkOf(made.bytes, made.size)
        const expected = decompressChunk(chunk, { elementBytes: size, maxBytes: 1 << 16 })
        expect(Buffer.from(decompressor.decompress(chunk, size)).equals(expected)).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})

test('a match that ends on the last byte of a block is taken whole or refused, and nothing is read beyond', () => {
  const decompressor = createChunkDecompressor({ maxBytes: 1 << 16 })
  for (let offset = 1; offset <= 24; offset++)
    for (let length = 4; length <= 64; length++) {
      const literals = Array.from({ length: 24 }, (_, at) => at * 9)
      const { bytes, size } = block([{ literals, offset, length }], 128)
      const chunk = chunkOf(bytes, size)
      const expected = decompressChunk(chunk, { elementBytes: 1, maxBytes: 1 << 16 })
      expect(Buffer.from(decompressor.decompress(chunk, 1)).equals(expected)).toBe(true)
      // Every shortened block is refused by both.
      const short = chunkOf(bytes.slice(0, -1 - (length % 5)), size)
      expect(() => decompressor.decompress(short, 1)).toThrow('HDF5_CHUNK_CORRUPT')
      expect(() => decompressChunk(short, { elementBytes: 1, maxBytes: 1 << 16 })).toThrow(
        'HDF5_CHUNK_CORRUPT',
      )
    }
})
