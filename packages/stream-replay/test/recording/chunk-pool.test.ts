import { expect, test } from 'vitest'
import { ChunkPool } from '../../src/recording/chunk-pool.ts'

test('a chunk is used again when everybody has let go of it, and not before', () => {
  const pool = new ChunkPool(1_000)
  const { chunk, release } = pool.take()
  const first = chunk.hold()
  const second = chunk.hold()
  release()
  first()
  first()
  expect(pool.freeCount).toBe(0)
  expect(pool.take().chunk.bytes).not.toBe(chunk.bytes)
  second()
  expect(pool.freeCount).toBe(1)
  expect(pool.take().chunk.bytes).toBe(chunk.bytes)
})

test('what is larger than a chunk has memory of its own, and no more is kept than 80 MiB', () => {
  const pool = new ChunkPool(4_194_304)
  const large = pool.take(5_000_000)
  expect(large.chunk.bytes.length).toBe(5_000_000)
  large.release()
  expect(pool.freeCount).toBe(0)
  const taken = Array.from({ length: 25 }, () => pool.take())
  for (const { release } of taken) release()
  expect(pool.freeCount).toBe(20)
})
