import fc from 'fast-check'
import { expect, test } from 'vitest'
import { segmentsToDelete, shouldRoll } from '../../src/core/retention.ts'
import { SparseIndex } from '../../src/core/sparse-index.ts'
import { PartitionTail, TailCache } from '../../src/core/tail-cache.ts'

const closed = [0, 1, 2].map((i) => ({
  baseOffset: i * 10,
  nextOffset: i * 10 + 10,
  sizeBytes: 100,
  maxTimestampMs: 1_000 * (i + 1),
}))
const keepAll = { nowMs: 3_500, retentionMs: -1, retentionBytes: -1, logStartOffset: 0 }

test('without limits nothing is deleted', () => {
  expect(segmentsToDelete(closed, 50, keepAll)).toBe(0)
})

test('segments whose newest record is too old are deleted', () => {
  expect(segmentsToDelete(closed, 50, { ...keepAll, retentionMs: 2_000 })).toBe(1)
  expect(segmentsToDelete(closed, 50, { ...keepAll, nowMs: 100_000, retentionMs: 0 })).toBe(3)
})

test('a clock that jumped back deletes nothing', () => {
  expect(segmentsToDelete(closed, 50, { ...keepAll, nowMs: -3_600_000, retentionMs: 1_000 })).toBe(0)
})

test('segments above the size limit are deleted, but never below it', () => {
  expect(segmentsToDelete(closed, 50, { ...keepAll, retentionBytes: 200 })).toBe(1)
  expect(segmentsToDelete(closed, 50, { ...keepAll, retentionBytes: 100 })).toBe(2)
})

test('segments below the log start are deleted', () => {
  expect(segmentsToDelete(closed, 50, { ...keepAll, logStartOffset: 20 })).toBe(2)
})

test('a segment is rolled for size, age, offsets and the size of its index, but never while it is empty', () => {
  const limits = { segmentBytes: 100, segmentMs: 1_000, segmentIndexBytes: 80 }
  const active = { baseOffset: 0, sizeBytes: 90, indexBytes: 72, firstAppendMs: 0 }
  const next = { lastOffset: 5, sizeBytes: 10, nowMs: 1_000 }
  expect(shouldRoll(active, next, limits)).toBe(false)
  expect(shouldRoll(active, { ...next, sizeBytes: 11 }, limits)).toBe(true)
  expect(shouldRoll(active, { ...next, nowMs: 1_001 }, limits)).toBe(true)
  expect(shouldRoll(active, { ...next, lastOffset: 2 ** 31 }, limits)).toBe(true)
  expect(shouldRoll({ ...active, indexBytes: 80 }, next, limits)).toBe(true)
  expect(shouldRoll({ ...active, sizeBytes: 0 }, { ...next, sizeBytes: 1_000 }, limits)).toBe(false)
})

test('the index leads to a position at or before each offset, also after it went through its files', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 0, max: 500 }),
      (sizes, interval) => {
        const index = new SparseIndex(interval)
        const positions: number[] = []
        let position = 0
        for (const [offset, sizeBytes] of sizes.entries()) {
          index.add({ relativeOffset: offset, position, sizeBytes, maxTimestampMs: offset })
          positions.push(position)
          position += sizeBytes
        }
        const loaded = new SparseIndex(interval)
        const files = {
          offsets: index.offsetIndexBytes(),
          times: index.timeIndexBytes(),
          segmentBytes: position,
        }
        expect(loaded.load(files)).toBe(true)
        for (const [offset, at] of positions.entries()) {
          expect(index.positionOf(offset)).toBeLessThanOrEqual(at)
          expect(at - index.positionOf(offset)).toBeLessThan(interval + 300)
          expect(loaded.positionOf(offset)).toBe(index.positionOf(offset))
          expect(loaded.offsetBefore(offset)).toBeLessThanOrEqual(offset)
        }
      },
    ),
  )
})

test('the tail cache stays within its bound and drops what came first', () => {
  const cache = new TailCache(1_000)
  const tails = [new PartitionTail(), new PartitionTail()]
  for (let i = 0; i < 2_000; i++) {
    const tail = tails[i % 2] as PartitionTail
    cache.add(tail, Math.floor(i / 2), { lastOffset: Math.floor(i / 2), bytes: new Uint8Array(100) })
    expect(cache.sizeBytes).toBeLessThanOrEqual(1_000)
  }
  expect(tails.map((tail) => tail.firstOffset)).toEqual([995, 995])
  expect(tails[0]?.read(994, 10_000)).toBeNull()
  expect(tails[0]?.read(996, 250)).toMatchObject({ sizeBytes: 200 })
  expect(tails[0]?.read(1_000, 250)).toBeNull()
})
