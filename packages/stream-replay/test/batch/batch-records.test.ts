import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchesOf, isSound, readBatchHeader, stampBatch } from '../../src/batch/batch-header.ts'
import { encodeBatch, recordsOf, type OutgoingRecord } from '../../src/batch/batch-records.ts'

const bytes = fc.option(fc.uint8Array({ maxLength: 200 }))
const records = fc.array(
  fc.record({
    timestampMs: fc.integer({ min: 0, max: 2 ** 41 }),
    key: bytes,
    value: bytes,
    headers: fc.array(fc.record({ key: fc.string(), value: bytes }), { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 20 },
)

function encoded(wanted: readonly OutgoingRecord[], codec: number): ReturnType<typeof recordsOf> {
  const [batch] = batchesOf(encodeBatch(wanted, codec))
  if (batch === undefined) throw new Error('no batch')
  expect(isSound(batch.bytes)).toBe(true)
  return recordsOf(batch)
}

const plain = (found: readonly OutgoingRecord[]): unknown[] =>
  found.map(({ timestampMs, key, value, headers }) => ({
    timestampMs,
    key: key === null ? null : [...key],
    value: value === null ? null : [...value],
    headers: headers.map((header) => [header.key, header.value === null ? null : [...header.value]]),
  }))

test.each([0, 1, 2, 3, 4])('messages come back as they were written, codec %d', (codec) => {
  fc.assert(
    fc.property(records, (wanted) => {
      expect(plain(encoded(wanted, codec))).toEqual(plain(wanted))
    }),
    { numRuns: 30 },
  )
})

test('a batch that is cut off is no batch', () => {
  const batch = encodeBatch([{ timestampMs: 1, key: null, value: Buffer.from('x'), headers: [] }], 0)
  for (let length = 0; length < batch.length; length++)
    expect([...batchesOf(batch.subarray(0, length))]).toEqual([])
})

test('any bit that is flipped behind the checksum is found by it', () => {
  const batch = encodeBatch(
    [{ timestampMs: 1, key: Buffer.from('k'), value: Buffer.from('xyz'), headers: [] }],
    0,
  )
  for (let bit = 21 * 8; bit < batch.length * 8; bit++) {
    const damaged = Buffer.from(batch)
    damaged[bit >>> 3] = (damaged[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
    expect(isSound(damaged)).toBe(false)
  }
})

test('whatever bytes stand in a batch, reading ends with messages or with one error', () => {
  const batch = encodeBatch(
    [
      {
        timestampMs: 1,
        key: Buffer.from('k'),
        value: Buffer.from('xyz'),
        headers: [{ key: 'h', value: null }],
      },
      { timestampMs: 2, key: null, value: null, headers: [] },
    ],
    0,
  )
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: batch.length - 1 }), fc.nat(255)), {
        minLength: 1,
        maxLength: 6,
      }),
      (changes) => {
        const damaged = Buffer.from(batch)
        for (const [at, byte] of changes) damaged[at] = byte
        try {
          for (const one of batchesOf(damaged)) recordsOf(one)
        } catch (error) {
          expect(error).toMatchObject({ code: 'REPLAY_BATCH_DAMAGED' })
        }
      },
    ),
    { numRuns: 5_000 },
  )
})

test('a stamp moves times and sets the producer without touching the messages', () => {
  const batch = encodeBatch(
    [1_000, 1_500].map((timestampMs) => ({ timestampMs, key: null, value: Buffer.from('x'), headers: [] })),
    4,
  )
  stampBatch(batch, { producerId: 7n, producerEpoch: 2, baseSequence: 11, deltaMs: 500 })
  expect(isSound(batch)).toBe(true)
  const header = readBatchHeader(batch)
  expect(header).toMatchObject({ producerId: 7n, producerEpoch: 2, baseSequence: 11, maxTimestampMs: 2_000 })
  expect(recordsOf({ header, bytes: batch }).map(({ timestampMs }) => timestampMs)).toEqual([1_500, 2_000])
})

test('the checksum of a stamped batch is that of its bytes, however long it is', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 200_000 }),
      fc.bigInt({ min: -1n, max: 2n ** 62n }),
      fc.integer({ min: -1, max: 2 ** 31 - 1 }),
      (length, producerId, baseSequence) => {
        const value = Buffer.alloc(length, length % 251)
        const batch = encodeBatch([{ timestampMs: 1_000, key: null, value, headers: [] }], 0)
        stampBatch(batch, { producerId, producerEpoch: 3, baseSequence, deltaMs: length })
        expect(isSound(batch)).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})

test('a batch that is damaged stays recognisable as damaged when it is stamped', () => {
  const batch = encodeBatch([{ timestampMs: 1, key: null, value: Buffer.alloc(100), headers: [] }], 0)
  batch[120] = 1
  stampBatch(batch, { producerId: 7n, producerEpoch: 2, baseSequence: 11 })
  expect(isSound(batch)).toBe(false)
})
