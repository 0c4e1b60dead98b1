import { expect, test } from 'vitest'
import { MemoryPool } from '../../src/batch/memory-pool.ts'

test('memory is used again once it is released, and given to one at a time', () => {
  const pool = new MemoryPool({ largestBytes: 65_536, maxFreeBytes: 1_000_000 })
  const first = pool.take(5_000)
  expect(first.bytes.length).toBe(5_000)
  expect(pool.take(5_000).bytes.buffer).not.toBe(first.bytes.buffer)
  first.release()
  first.release()
  expect(pool.freeBytes).toBe(8_192)
  expect(pool.take(6_000).bytes.buffer).toBe(first.bytes.buffer)
  expect(pool.take(6_000).bytes.buffer).not.toBe(first.bytes.buffer)
})

test('small and very large pieces are left to the runtime, and no more is kept than allowed', () => {
  const pool = new MemoryPool({ largestBytes: 65_536, maxFreeBytes: 100_000 })
  for (const length of [0, 100, 65_537]) {
    const { bytes, release } = pool.take(length)
    expect(bytes.length).toBe(length)
    release()
  }
  expect(pool.freeBytes).toBe(0)
  const taken = Array.from({ length: 5 }, () => pool.take(32_768))
  for (const { release } of taken) release()
  expect(pool.freeBytes).toBe(98_304)
})
