import { expect, test } from 'vitest'
import type { CaReading } from '../../src/dbr/dbr-reading.ts'
import { CaError } from '../../src/error.ts'
import { createUpdateBuffer } from '../../src/shell/update-buffer.ts'

const reading = (value: number): CaReading => ({
  type: 'double',
  count: 1,
  value,
  status: 0,
  severity: 0,
  time: null,
  meta: null,
  acknowledge: null,
})
const update = (value: number, more: { bytes?: number; reconnected?: boolean } = {}) => ({
  reading: reading(value),
  reconnected: more.reconnected ?? false,
  bytes: more.bytes ?? 8,
})

test('when it is full the oldest goes, and the next one taken says how many went', async () => {
  const buffer = createUpdateBuffer({ maxUpdates: 3, maxBytes: 1_000 })
  for (let i = 1; i <= 5; i++) buffer.push(update(i))
  expect((await buffer.next()).value).toMatchObject({ reading: { value: 3 }, dropped: 2 })
  expect((await buffer.next()).value).toMatchObject({ reading: { value: 4 }, dropped: 0 })
  expect((await buffer.next()).value).toMatchObject({ reading: { value: 5 }, dropped: 0 })
  expect(buffer.dropped).toBe(2)
})

test('bytes are bounded too, but one update always fits', async () => {
  const buffer = createUpdateBuffer({ maxUpdates: 100, maxBytes: 1_000 })
  buffer.push(update(1, { bytes: 600 }))
  buffer.push(update(2, { bytes: 600 }))
  buffer.push(update(3, { bytes: 5_000 }))
  expect(buffer.waiting).toBe(1)
  expect((await buffer.next()).value).toMatchObject({ reading: { value: 3 }, dropped: 2 })
})

test('a reconnection is told of although its update was dropped', async () => {
  const buffer = createUpdateBuffer({ maxUpdates: 2, maxBytes: 1_000 })
  buffer.push(update(1, { reconnected: true }))
  buffer.push(update(2))
  buffer.push(update(3))
  expect((await buffer.next()).value).toMatchObject({ reading: { value: 2 }, reconnected: true, dropped: 1 })
})

test('those who wait are served in turn', async () => {
  const buffer = createUpdateBuffer({ maxUpdates: 2, maxBytes: 1_000 })
  const waiting = [buffer.next(), buffer.next()]
  buffer.push(update(1))
  buffer.push(update(2))
  expect((await Promise.all(waiting)).map(({ value }) => value?.reading.value)).toEqual([1, 2])
})

test('what waits is still given after the end, then an error rejects once', async () => {
  const buffer = createUpdateBuffer({ maxUpdates: 2, maxBytes: 1_000 })
  buffer.push(update(1))
  buffer.end(new CaError('CA_SUBSCRIBE_FAILED', 'refused'))
  buffer.push(update(2))
  expect((await buffer.next()).value).toMatchObject({ reading: { value: 1 } })
  await expect(buffer.next()).rejects.toMatchObject({ code: 'CA_SUBSCRIBE_FAILED' })
  expect(await buffer.next()).toEqual({ done: true, value: undefined })
})

test('order holds over many pushes and takes', async () => {
  const buffer = createUpdateBuffer({ maxUpdates: 2_000, maxBytes: 1_000_000 })
  const seen: unknown[] = []
  for (let i = 0; i < 3_000; i++) {
    buffer.push(update(i))
    if (i % 3 !== 0) seen.push((await buffer.next()).value?.reading.value)
  }
  while (buffer.waiting > 0) seen.push((await buffer.next()).value?.reading.value)
  expect(seen).toEqual(Array.from({ length: 3_000 }, (_, i) => i))
})
