import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FramePool } from '../../src/core/frame-pool.ts'

const large = 100_000
const megabyte = 1_048_576

function poolOf(maxFreeBytes: number): { readonly pool: FramePool; readonly made: () => number } {
  let made = 0
  const allocate = (bytes: number): Uint8Array => {
    made++
    return new Uint8Array(bytes)
  }
  return { pool: new FramePool({ allocate, maxFreeBytes }), made: () => made }
}

test('a buffer is used again when its last owner has let go of it, and not before', () => {
  const { pool, made } = poolOf(megabyte)
  const first = pool.take(large)
  const batch = first.subarray(100, 90_000)
  pool.retain(batch)
  pool.release(first)
  expect(pool.take(large).buffer).not.toBe(first.buffer)
  pool.release(batch)
  expect(pool.take(large - 10).buffer).toBe(first.buffer)
  expect(made()).toBe(2)
})

test('what was taken has the size that was asked for', () => {
  const { pool } = poolOf(megabyte)
  for (const bytes of [1, 1_000, 65_536, 65_537, large, megabyte, megabyte + 1, 4_194_304, 5_000_000]) {
    const taken = pool.take(bytes)
    expect(taken.byteLength).toBe(bytes)
    expect(taken.buffer.byteLength).toBeLessThanOrEqual(bytes * 1.25)
  }
})

test('abandoned buffers are never used again', () => {
  const { pool } = poolOf(megabyte)
  const kept = pool.take(large)
  pool.abandon(kept.subarray(5))
  pool.release(kept)
  expect(pool.take(large).buffer).not.toBe(kept.buffer)
  expect(pool.freeBytes).toBe(0)
})

test('free memory is bounded, and so is the size of what is kept', () => {
  const { pool } = poolOf(3 * megabyte)
  const taken = Array.from({ length: 10 }, () => pool.take(megabyte))
  for (const one of taken) pool.release(one)
  expect(pool.freeBytes).toBe(3 * megabyte)
  pool.release(pool.take(100_000_000))
  expect(pool.freeBytes).toBe(3 * megabyte)
})

test('no two owners ever hold the same bytes', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ bytes: fc.integer({ min: 60_000, max: 200_000 }), at: fc.nat(20), kind: fc.nat(3) }),
      ),
      (steps) => {
        const { pool } = poolOf(megabyte)
        const owned: Uint8Array[] = []
        for (const { bytes, at, kind } of steps) {
          const one = owned[at % Math.max(1, owned.length)]
          if (kind < 2 || one === undefined) {
            const taken = pool.take(bytes)
            expect(owned.every(({ buffer }) => buffer !== taken.buffer)).toBe(true)
            owned.push(taken)
          } else if (kind === 2) {
            pool.retain(one)
            owned.push(one)
          } else {
            pool.release(one)
            owned.splice(owned.indexOf(one), 1)
          }
        }
      },
    ),
  )
})
