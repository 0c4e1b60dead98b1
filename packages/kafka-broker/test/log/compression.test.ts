import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from '../../src/core/crc32c.ts'
import {
  batchCrc,
  codecNames,
  readBatchHeader,
  recordsSection,
  recordTimes,
} from '../../src/core/record-batch.ts'
import { compress, decompress } from '../../src/log/compression.ts'

/* Batches as kcat 1.7.1 (librdkafka 2.0.2) sent them and the broker stored them: eight records of one line each. */
const line = 'a line that repeats itself, a line that repeats itself'

test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
  'a batch that librdkafka compressed with %s is read',
  async (codec) => {
    const bytes = new Uint8Array(
      readFileSync(join(import.meta.dirname, '..', 'batches', `kcat-${codec}.bin`)),
    )
    const header = readBatchHeader(bytes)
    expect([codecNames[header.codec], header.recordsCount, header.crc]).toEqual([
      codec,
      8,
      batchCrc(bytes, crc32c),
    ])
    const section = await decompress(codec, recordsSection(bytes))
    expect([...recordTimes(header, section)].map((record) => record.offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    const text = Buffer.from(section).toString('latin1')
    for (let i = 0; i < 8; i++) expect(text).toContain(`${i} ${line}`)
  },
)

const sections = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  // Repetitions near and far, and more than one block.
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 90 }), fc.integer({ min: 1, max: 4_000 }))
    .map(([part, count]) =>
      Uint8Array.from({ length: part.length * count }, (_, i) => part[i % part.length] ?? 0),
    ),
)

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
  'what is compressed with %s reads back',
  async (codec) => {
    await fc.assert(
      fc.asyncProperty(sections, async (section) => {
        const packed = await compress(codec, section)
        expect(Buffer.compare(await decompress(codec, packed), section)).toBe(0)
      }),
      { numRuns: 60 },
    )
  },
)

test.each(['snappy', 'lz4'] as const)('%s makes repetitions small', async (codec) => {
  const text = Buffer.from(line.repeat(5_000))
  expect((await compress(codec, text)).byteLength).toBeLessThan(text.byteLength / 10)
})
