import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBeaconWatch } from '../../src/core/beacon-watch.ts'
import { createDueQueue } from '../../src/core/due-queue.ts'
import { createIdAllocator } from '../../src/core/id-allocator.ts'
import { createSearchScheduler, datagramMaxBytes } from '../../src/core/search-scheduler.ts'

function scheduler(datagramsPerS = 200) {
  return createSearchScheduler({ maxPeriodMs: 300_000, datagramsPerS, random: () => 0.5 })
}

test('datagrams stay within their size and the budget of a second', () => {
  const search = scheduler()
  for (let i = 0; i < 100_000; i++) search.add(i, `device:${i}:${'x'.repeat(i % 50)}`, 0)
  let sent = 0
  for (let nowMs = 0; nowMs <= 10_000; nowMs += 5)
    for (const { datagram } of search.take(nowMs, 1)) {
      expect(datagram.length).toBeLessThanOrEqual(datagramMaxBytes)
      sent += 1
    }
  expect(sent).toBeGreaterThan(2_000)
  expect(sent).toBeLessThanOrEqual(2_000 + 64)
})

test('each address costs a datagram', () => {
  const search = scheduler(100)
  for (let i = 0; i < 10_000; i++) search.add(i, `device:${i}`, 0)
  let batches = 0
  for (let nowMs = 0; nowMs <= 10_000; nowMs += 10) batches += search.take(nowMs, 4).length
  expect(batches).toBeLessThanOrEqual((1_000 + 64) / 4 + 1)
})

test('first tries go before retries', () => {
  const search = scheduler(20)
  for (let i = 0; i < 5_000; i++) search.add(i, `some:long:device:name:${i}`, 0)
  const seen = new Set<number>()
  let repeated = 0
  for (let nowMs = 0; seen.size < 5_000; nowMs += 10)
    for (const { ids } of search.take(nowMs, 1))
      for (const id of ids) {
        if (seen.has(id)) repeated += 1
        seen.add(id)
      }
  expect(repeated).toBeLessThan(50)
})

test('a name of 500 bytes is sent alone', () => {
  const search = scheduler()
  search.add(1, 'x'.repeat(500), 0)
  search.add(2, 'y'.repeat(500), 0)
  expect(search.take(0, 1).map(({ ids }) => ids)).toEqual([[1], [2]])
})

test('removed names are not searched', () => {
  const search = scheduler()
  search.add(1, 'a', 0)
  search.add(2, 'b', 0)
  search.remove(1)
  expect(search.take(0, 1).map(({ ids }) => ids)).toEqual([[2]])
  expect(search.size).toBe(1)
})

test('a due queue gives keys by time, each at its last time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 100 })), {
        maxLength: 200,
      }),
      (entries) => {
        const queue = createDueQueue<number>()
        const last = new Map<number, number>()
        for (const [key, dueMs] of entries) {
          queue.set(key, dueMs)
          last.set(key, dueMs)
        }
        const taken: number[] = []
        for (let first = queue.take(1_000); first !== undefined; first = queue.take(1_000))
          taken.push(first.key)
        expect(taken.toSorted((a, b) => a - b)).toEqual([...last.keys()].toSorted((a, b) => a - b))
        const times = taken.map((key) => last.get(key) ?? 0)
        expect(times).toEqual(times.toSorted((a, b) => a - b))
      },
    ),
  )
})

test('ids in use are stepped over when the count wraps', () => {
  const ids = createIdAllocator(2 ** 32 - 1)
  expect([ids.take(), ids.take(), ids.take()]).toEqual([2 ** 32 - 1, 0, 1])
  const again = createIdAllocator(0)
  expect(again.take()).toBe(0)
  again.release(0)
  expect(again.take()).toBe(1)
})

test('regular, lost and doubled beacons are no anomaly; an early one and a long silence are', () => {
  const watch = createBeaconWatch(0)
  let nowMs = 0
  let counter = 0
  const observe = (afterMs: number, step = 1): boolean => {
    nowMs += afterMs
    counter += step
    return watch.observe({ server: 's', counter, nowMs })
  }
  expect(observe(1_000)).toBe(false)
  for (let i = 0; i < 10; i++) expect(observe(15_000)).toBe(false)
  expect(observe(10, 0)).toBe(false)
  expect(observe(30_000, 2)).toBe(false)
  expect(observe(15_000)).toBe(false)
  expect(observe(1_000)).toBe(true)
  expect(observe(500)).toBe(false)
  for (let i = 0; i < 10; i++) observe(15_000)
  expect(observe(100_000)).toBe(true)
})

test('the first beacon of a server that appears later is an anomaly', () => {
  const watch = createBeaconWatch(0)
  expect(watch.observe({ server: 'a', counter: 0, nowMs: 5_000 })).toBe(false)
  expect(watch.observe({ server: 'b', counter: 0, nowMs: 60_000 })).toBe(true)
})
