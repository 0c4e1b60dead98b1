import { expect, test } from 'vitest'
import { encodeBatch } from '../../src/batch/batch-records.ts'
import { isSound } from '../../src/batch/batch-header.ts'
import { MemoryPool } from '../../src/batch/memory-pool.ts'
import { type ChunkPool, chunkPoolFor, readBatches } from '../../src/recording/batch-reader.ts'
import type { StoredFile } from '../../src/recording/recording-files.ts'
import { record } from '../replay-bench.ts'

/** A log in memory: a batch of each length, at offsets from 0. */
function logOf(lengths: readonly number[]): {
  readonly bytes: Buffer
  readonly file: StoredFile
  open: number
} {
  const batches = lengths.map((length, index) => {
    const batch = encodeBatch([record({ timestampMs: index, value: Buffer.alloc(length, index) })], 0)
    batch.writeBigInt64BE(BigInt(index), 0)
    return batch
  })
  const bytes = Buffer.concat(batches)
  const log = { bytes, open: 0, file: null as unknown as StoredFile }
  const read: StoredFile['read'] = async (position, length, into = Buffer.alloc(length)) => {
    log.open++
    await Promise.resolve()
    log.open--
    return into.subarray(0, bytes.copy(into, 0, position, position + length))
  }
  return Object.assign(log, { file: { sizeBytes: bytes.length, read, close: () => Promise.resolve() } })
}

function smallChunks(): ChunkPool {
  return { chunkBytes: 4_096, memory: new MemoryPool({ largestBytes: 4_096, maxFreeBytes: 100_000 }) }
}

test('every batch comes whole and in order, whatever its size is to that of a chunk', async () => {
  const { file } = logOf([10, 2_000, 8_000, 0, 3_600, 3_600, 20_000, 1])
  const found: number[] = []
  for await (const { header, bytes } of readBatches(file, 0, smallChunks())) {
    expect(isSound(bytes)).toBe(true)
    found.push(header.baseOffset)
  }
  expect(found).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('batches that are not released keep their bytes; those that are share two or three chunks', async () => {
  const { file } = logOf(Array.from({ length: 100 }, () => 400))
  const kept: Buffer[] = []
  for await (const { bytes } of readBatches(file, 0, smallChunks())) kept.push(bytes)
  expect(kept.every(isSound)).toBe(true)
  const memories = new Set<ArrayBufferLike>()
  for await (const { bytes, release } of readBatches(file, 0, smallChunks())) {
    memories.add(bytes.buffer)
    release?.()
  }
  expect(memories.size).toBeLessThanOrEqual(3)
})

test('who stops early leaves no read under way', async () => {
  const log = logOf(Array.from({ length: 100 }, () => 400))
  const pool = smallChunks()
  for await (const { release } of readBatches(log.file, 0, pool)) {
    release?.()
    break
  }
  expect(log.open).toBe(0)
})

test('chunks of many partitions are small, so that all of them together stay within bounds', () => {
  expect(chunkPoolFor(1).chunkBytes).toBe(4_194_304)
  expect(chunkPoolFor(45).chunkBytes * 45 * 2).toBeLessThanOrEqual(67_108_864)
  expect(chunkPoolFor(10_000).chunkBytes).toBe(262_144)
})
