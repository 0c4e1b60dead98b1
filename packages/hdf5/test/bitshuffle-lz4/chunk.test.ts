import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compressChunkReference, decompressChunk } from '../../src/bitshuffle-lz4/chunk.ts'
import { createChunkCompressor } from '../../src/bitshuffle-lz4/compressor.ts'
import { createChunkDecompressor } from '../../src/bitshuffle-lz4/decompressor.ts'
import { Hdf5Error } from '../../src/error.ts'

const sizes = [1, 2, 4, 8] as const

/** Data with runs, so that matches, long lengths and literals all occur. */
const elements = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 700 })), { maxLength: 40 })
  .map((runs) =>
    Uint8Array.from(
      runs.flatMap(([value, length]) => Array.from({ length }, (_, i) => (i % 7 === 3 ? i & 255 : value))),
    ),
  )

test('what is compressed comes back, for every element size and any length', () => {
  fc.assert(
    fc.property(elements, fc.constantFrom(...sizes), (bytes, elementBytes) => {
      const data = bytes.subarray(0, bytes.length - (bytes.length % elementBytes))
      const back = decompressChunk(compressChunkReference(data, elementBytes), {
        elementBytes,
        maxBytes: 1 << 20,
      })
      expect(back).toEqual(data)
    }),
  )
})

test('the SIMD kernel and the reference give equal bytes', () => {
  const compressor = createChunkCompressor({ maxBytes: 1 << 16 })
  expect(compressor.kind).toBe('simd')
  fc.assert(
    fc.property(elements, fc.constantFrom(...sizes), (bytes, elementBytes) => {
      const data = bytes.subarray(0, bytes.length - (bytes.length % elementBytes))
      expect(
        Buffer.from(compressor.compress(data, elementBytes)).equals(
          compressChunkReference(data, elementBytes),
        ),
      ).toBe(true)
    }),
  )
})

test('the SIMD decompressor gives back what was compressed, for every element size and any length', () => {
  const decompressor = createChunkDecompressor({ maxBytes: 1 << 20 })
  expect(decompressor.kind).toBe('simd')
  fc.assert(
    fc.property(elements, fc.constantFrom(...sizes), (bytes, elementBytes) => {
      const data = bytes.subarray(0, bytes.length - (bytes.length % elementBytes))
      const back = decompressor.decompress(compressChunkReference(data, elementBytes), elementBytes)
      expect(Buffer.from(back).equals(data)).toBe(true)
    }),
  )
  const large = Uint8Array.from({ length: 1 << 20 }, (_, at) => (Math.imul(at, 2_654_435_761) >>> 20) & 0xff)
  for (const elementBytes of sizes)
    expect(
      Buffer.from(decompressor.decompress(compressChunkReference(large, elementBytes), elementBytes)).equals(
        large,
      ),
    ).toBe(true)
})

/** What a decompressor makes of bytes; null when it refuses them as it should. */
function outcome(decompress: () => Uint8Array): string | null {
  try {
    return Buffer.from(decompress()).toString('latin1')
  } catch (error) {
    expect((error as Hdf5Error).code).toBe('HDF5_CHUNK_CORRUPT')
    return null
  }
}

test('the SIMD decompressor takes and refuses damaged chunks as the reference does', () => {
  const limits = { elementBytes: 2, maxBytes: 1 << 16 } as const
  const decompressor = createChunkDecompressor(limits)
  const chunk = compressChunkReference(
    Uint8Array.from({ length: 6_001 * 2 }, (_, i) => (i * i) & 31),
    2,
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: chunk.length - 1 }),
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 0, max: 40 }),
      (at, change, cut) => {
        const damaged = chunk.slice(0, chunk.length - cut)
        damaged[at % damaged.length] = (damaged[at % damaged.length] ?? 0) ^ change
        expect(outcome(() => decompressor.decompress(damaged, 2))).toBe(
          outcome(() => decompressChunk(damaged, limits)),
        )
      },
    ),
    { numRuns: 300 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const random = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 32, ...bytes])
      expect(outcome(() => decompressor.decompress(random, 2))).toBe(
        outcome(() => decompressChunk(random, limits)),
      )
    }),
    { numRuns: 2_000 },
  )
})

test('data that lies in the memory of the compressor is read in place', () => {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 65_536, shared: true })
  const compressor = createChunkCompressor({ maxBytes: 8_192, within: { memory, workAddress: 65_536 } })
  const frame = new Uint8Array(memory.buffer, 4_096, 8_192)
  for (let index = 0; index < frame.length; index += 1) frame[index] = index % 11
  expect(Buffer.from(compressor.compress(frame, 2)).equals(compressChunkReference(frame.slice(), 2))).toBe(
    true,
  )
})

test('damaged chunks are refused and never read or write out of bounds', () => {
  const chunk = compressChunkReference(
    Uint8Array.from({ length: 9_001 * 2 }, (_, i) => (i * i) & 31),
    2,
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: chunk.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      fc.integer({ min: 0, max: 40 }),
      (at, change, cut) => {
        const damaged = chunk.slice(0, chunk.length - cut)
        damaged[at % damaged.length] = (damaged[at % damaged.length] ?? 0) ^ change
        try {
          expect(decompressChunk(damaged, { elementBytes: 2, maxBytes: 1 << 20 }).length).toBeLessThanOrEqual(
            1 << 20,
          )
        } catch (error) {
          expect(error).toBeInstanceOf(Hdf5Error)
          expect((error as Hdf5Error).code).toBe('HDF5_CHUNK_CORRUPT')
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('a chunk that says it is larger than expected is refused before anything is allocated', () => {
  const chunk = compressChunkReference(new Uint8Array(64), 2)
  chunk.fill(0xff, 0, 8)
  expect(() => decompressChunk(chunk, { elementBytes: 2, maxBytes: 4_096 })).toThrow(/at most 4096/)
})
