import { expect, test } from 'vitest'
import { RunDispatcher, type RunEvent, type RunOrder } from '../../src/image/run-dispatcher.ts'
import { descriptor, endOfRun } from '../../src/ring/descriptor.ts'
import {
  Bell,
  DescriptorQueue,
  descriptorQueueBytes,
  descriptorWords,
} from '../../src/ring/descriptor-queue.ts'

const order: RunOrder = {
  run: 1,
  limit: undefined,
  startId: 0,
  allowance: undefined,
  writers: 2,
  statusNumbers: { good_image: 1, missing_packets: 2, id_missmatch: 3 },
}

function dispatcher(slots: number) {
  const events: RunEvent[] = []
  const queues = [0, 1].map(
    () => new DescriptorQueue(new SharedArrayBuffer(descriptorQueueBytes(256)), { offset: 0, capacity: 256 }),
  )
  const bells = [0, 1].map(() => new Bell(new Int32Array(new SharedArrayBuffer(4))))
  const core = new RunDispatcher({ slots, queues, bells, tell: (event) => void events.push(event) })
  const entry = new Float64Array(descriptorWords)
  return {
    core,
    events,
    offer: (id: number): boolean => core.offer({ id, generation: 0, status: 'good_image' }),
    take: (writer: number): { id: number; index: number } | undefined =>
      queues[writer]?.pop(entry) === true
        ? { id: entry[descriptor.image] ?? -1, index: entry[descriptor.index] ?? -1 }
        : undefined,
  }
}

test('writers take turns, and each finds the end behind its last image', () => {
  const { core, offer, take, events } = dispatcher(64)
  core.begin({ ...order, limit: 3 })
  expect([10, 11, 12, 13].map(offer)).toEqual([true, true, true, false])
  expect([take(0), take(0), take(0)]).toEqual([
    { id: 10, index: 0 },
    { id: 12, index: 1 },
    { id: 12, index: endOfRun },
  ])
  expect([take(1), take(1)?.index]).toEqual([{ id: 11, index: 0 }, endOfRun])
  expect(events).toEqual([{ kind: 'ended', run: 1, images: 3 }])
})

test('images before the first id, or beyond the allowance, are not recorded', () => {
  const { core, offer } = dispatcher(64)
  core.begin({ ...order, startId: 5, allowance: 1 })
  expect([4, 5, 6].map(offer)).toEqual([false, true, false])
  core.allow(1)
  expect(offer(7)).toBe(true)
})

test('a slow disk is told when half the ring waits, and ends the run before an image is overwritten', () => {
  const slots = 64
  const { core, offer, events } = dispatcher(slots)
  core.begin(order)
  let recorded = 0
  while (offer(recorded)) recorded += 1
  // Images that wait lie in so many slots: fewer than the ring has.
  expect(recorded).toBeLessThanOrEqual(slots - 14)
  expect(recorded).toBeGreaterThan(slots / 2)
  expect(events.map(({ kind }) => kind)).toEqual(['behind', 'failed', 'ended'])
  expect(events[1]).toMatchObject({
    reason:
      'writer 0 has 25 images to write and the ring holds 64: the run ends before images are overwritten. Write to a faster disk, take more writers or raise ram_buffer_gb.',
  })
  expect(events[2]).toMatchObject({ images: recorded })
  expect(offer(1_000)).toBe(false)
})

test('writers that keep up record for ever', () => {
  const { core, offer, take, events } = dispatcher(32)
  core.begin(order)
  for (let id = 0; id < 1_000; id += 1) {
    expect(offer(id)).toBe(true)
    take(id % 2)
  }
  expect(events).toEqual([])
  expect(core.images).toBe(1_000)
})
