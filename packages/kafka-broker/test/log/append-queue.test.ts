import { expect, test } from 'vitest'
import { kafkaError } from '../../src/core/error-codes.ts'
import { ProducerState } from '../../src/core/producer-state.ts'
import { AppendQueue, type AppendOutcome } from '../../src/log/append-queue.ts'
import type { Segment } from '../../src/log/segment.ts'
import { checkedBatch } from '../batch-builder.ts'
import { logBench, type LogBench } from '../log-bench.ts'

/** A queue over a disk that fails while `disk.isBroken`. */
function queueOnDisk(): { queue: AppendQueue; disk: { isBroken: boolean; writes: number }; bench: LogBench } {
  const bench = logBench()
  const disk = { isBroken: false, writes: 0 }
  const segment = {
    baseOffset: 0,
    nextOffset: 0,
    sizeBytes: 0,
    firstAppendMs: null,
    index: () => Promise.resolve(),
    cutBack: () => Promise.resolve(),
    file: {
      write: () => {
        disk.writes++
        return disk.isBroken
          ? Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
          : Promise.resolve()
      },
    },
  }
  const queue = new AppendQueue({
    name: 't-0',
    context: bench.context,
    settings: bench.place.settings,
    nextOffset: 0,
    written: new ProducerState(),
    active: () => segment as unknown as Segment,
    roll: () => Promise.resolve(),
    onWritten: (batches) => {
      for (const { header, baseOffset } of batches)
        segment.nextOffset = baseOffset + header.lastOffsetDelta + 1
    },
  })
  return { queue, disk, bench }
}

const place = { leaderEpoch: 0, logStartOffset: 0 }

function send(queue: AppendQueue, baseSequence: number): Promise<AppendOutcome> {
  return queue.append(checkedBatch({ values: ['a'], producerId: 1, producerEpoch: 0, baseSequence }), place)
}

test('appends of one turn of the event loop share a write', async () => {
  const { queue, disk } = queueOnDisk()
  await Promise.all([0, 1, 2].map((sequence) => send(queue, sequence)))
  expect(disk.writes).toBe(1)
})

test('a failed write is told with KAFKA_STORAGE_ERROR, and the same batch is written when there is space again', async () => {
  const { queue, disk, bench } = queueOnDisk()
  await send(queue, 0)
  disk.isBroken = true
  const failed = await Promise.all([send(queue, 1), send(queue, 2)])
  expect(failed).toMatchObject([
    { errorCode: kafkaError.kafkaStorageError },
    { errorCode: kafkaError.kafkaStorageError },
  ])
  expect(bench.events).toContainEqual(expect.objectContaining({ kind: 'write-failed' }))
  disk.isBroken = false
  expect(await send(queue, 1)).toMatchObject({ kind: 'appended', baseOffset: 1 })
  expect(await send(queue, 2)).toMatchObject({ kind: 'appended', baseOffset: 2 })
})

test('after a second failure in a row the partition rests before it tries again', async () => {
  const { queue, disk, bench } = queueOnDisk()
  disk.isBroken = true
  await send(queue, 0)
  await send(queue, 0)
  disk.isBroken = false
  expect(await send(queue, 0)).toMatchObject({ kind: 'refused', errorCode: kafkaError.kafkaStorageError })
  bench.clock.nowMs += 5_001
  expect(await send(queue, 0)).toMatchObject({ kind: 'appended', baseOffset: 0 })
})

test('a repeated batch whose first writing fails is not called a success', async () => {
  const { queue, disk } = queueOnDisk()
  disk.isBroken = true
  const outcomes = await Promise.all([send(queue, 0), send(queue, 0)])
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(['refused', 'refused'])
})
