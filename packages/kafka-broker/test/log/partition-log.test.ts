import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { kafkaError } from '../../src/core/error-codes.ts'
import { PartitionLog } from '../../src/log/partition-log.ts'
import { offsetForTime, offsetOfLargestTime } from '../../src/log/time-lookup.ts'
import { checkedBatch } from '../batch-builder.ts'
import { logBench, newLog, offsetsFrom } from '../log-bench.ts'

const abc = { values: ['a', 'b', 'c'] }

test('offsets are given in the order of the appends and batches are read whole', async () => {
  const log = await newLog(logBench())
  const outcomes = await Promise.all([1, 2, 3].map(() => log.append(checkedBatch(abc))))
  expect(outcomes.map((outcome) => outcome.kind === 'appended' && outcome.baseOffset)).toEqual([0, 3, 6])
  expect(log.endOffset).toBe(9)
  expect(await offsetsFrom(log)).toEqual([0, 3, 6])
  // An offset within a batch gives the batch that holds it.
  expect(await offsetsFrom(log, 4)).toEqual([3, 6])
})

test('the tail cache and the files give the same bytes', async () => {
  const cached = await newLog(logBench({ cacheBytes: 1_000_000 }))
  const onDisk = await newLog(logBench())
  for (const log of [cached, onDisk])
    for (let i = 0; i < 20; i++) await log.append(checkedBatch({ values: [`v${i}`] }))
  expect(cached.readTail(5, 300)).not.toBeNull()
  expect(onDisk.readTail(5, 300)).toBeNull()
  const bytes = async (log: PartitionLog): Promise<string> =>
    Buffer.concat((await log.read(5, 300)).pieces).toString('hex')
  expect(await bytes(cached)).toBe(await bytes(onDisk))
})

test('a read gives at least one batch, however small the limit', async () => {
  const log = await newLog(logBench())
  await log.append(checkedBatch({ values: ['x'.repeat(3_000_000)] }))
  await log.append(checkedBatch(abc))
  const { sizeBytes } = await log.read(0, 10)
  expect(sizeBytes).toBeGreaterThan(3_000_000)
})

test('segments are rolled at their size and all are read through', async () => {
  const bench = logBench({ settings: { segmentBytes: 1_000 } })
  const log = await newLog(bench)
  for (let i = 0; i < 40; i++) await log.append(checkedBatch({ values: [`value ${i} `.repeat(10)] }))
  expect(log.segments.length).toBeGreaterThan(5)
  expect(await offsetsFrom(log)).toEqual(Array.from({ length: 40 }, (_, i) => i))
})

test('a batch that comes twice is written once and answered with its old offset', async () => {
  const log = await newLog(logBench())
  const send = (baseSequence: number): ReturnType<PartitionLog['append']> =>
    log.append(checkedBatch({ ...abc, producerId: 7, producerEpoch: 0, baseSequence }))
  const [first, again] = await Promise.all([send(0), send(0)])
  expect([first, again]).toMatchObject([{ baseOffset: 0 }, { kind: 'appended', baseOffset: 0 }])
  expect(await send(3)).toMatchObject({ baseOffset: 3 })
  expect(await send(9)).toMatchObject({ kind: 'refused', errorCode: kafkaError.outOfOrderSequenceNumber })
  expect(log.endOffset).toBe(6)
})

test('with LogAppendTime the broker stamps the batch and its checksum holds', async () => {
  const bench = logBench({ settings: { isAppendTime: true } })
  const log = await newLog(bench)
  bench.clock.nowMs = 77_000
  expect(await log.append(checkedBatch(abc))).toMatchObject({ appendTimeMs: 77_000 })
  expect(await offsetOfLargestTime(log)).toEqual({ offset: 0, timestampMs: 77_000 })
})

test('a time finds the first record at or after it, within its batch', async () => {
  const log = await newLog(logBench({ settings: { segmentBytes: 600 } }))
  for (let i = 0; i < 30; i++)
    await log.append(checkedBatch({ values: ['a', 'b', 'c'], timestampMs: 1_000 + i * 100, stepMs: 10 }))
  expect(await offsetForTime(log, 0)).toEqual({ offset: 0, timestampMs: 1_000 })
  expect(await offsetForTime(log, 1_511)).toEqual({ offset: 17, timestampMs: 1_520 })
  expect(await offsetForTime(log, 1_521)).toEqual({ offset: 18, timestampMs: 1_600 })
  expect(await offsetForTime(log, 9_999)).toBeNull()
})

test('the time index stays in order when the clock of the producers jumps back', async () => {
  const log = await newLog(logBench({ settings: { indexIntervalBytes: 0 } }))
  for (const timestampMs of [5_000, 1_000, 4_000, 6_000])
    await log.append(checkedBatch({ values: ['x'], timestampMs }))
  expect(await offsetForTime(log, 5_500)).toEqual({ offset: 3, timestampMs: 6_000 })
  expect(await offsetForTime(log, 900)).toEqual({ offset: 0, timestampMs: 5_000 })
})

test('retention deletes old segments and moves the log start', async () => {
  const bench = logBench({ settings: { segmentBytes: 200, retentionMs: 1_000 } })
  const log = await newLog(bench)
  for (let i = 0; i < 10; i++) await log.append(checkedBatch({ ...abc, timestampMs: 10_000 + i * 500 }))
  bench.clock.nowMs = 14_000
  expect(await log.applyRetention()).toBeGreaterThan(0)
  expect(log.logStartOffset).toBe(18)
  expect(await offsetsFrom(log)).toEqual([18, 21, 24, 27])
  bench.clock.nowMs = 100_000
  await log.applyRetention()
  expect([log.logStartOffset, log.endOffset]).toEqual([30, 30])
  expect(await log.append(checkedBatch(abc))).toMatchObject({ baseOffset: 30 })
})

test('retention by size keeps at least the limit', async () => {
  const bench = logBench({ settings: { segmentBytes: 200, retentionBytes: 500, retentionMs: -1 } })
  const log = await newLog(bench)
  for (let i = 0; i < 20; i++) await log.append(checkedBatch(abc))
  await log.applyRetention()
  expect(log.sizeBytes).toBeGreaterThanOrEqual(500)
  expect(log.sizeBytes).toBeLessThan(800)
})

test('deleting records moves the start at once and drops whole segments', async () => {
  const log = await newLog(logBench({ settings: { segmentBytes: 200 } }))
  for (let i = 0; i < 10; i++) await log.append(checkedBatch(abc))
  expect(await log.deleteRecords(31)).toBe(false)
  expect(await log.deleteRecords(10)).toBe(true)
  expect(log.logStartOffset).toBe(10)
  expect(log.segments[0]?.baseOffset).toBe(6)
})

test('without space on the disk appends are refused and reads go on', async () => {
  const bench = logBench()
  const log = await newLog(bench)
  await log.append(checkedBatch(abc))
  bench.space.isThere = false
  expect(await log.append(checkedBatch(abc))).toMatchObject({ errorCode: kafkaError.kafkaStorageError })
  expect(await offsetsFrom(log)).toEqual([0])
  bench.space.isThere = true
  expect(await log.append(checkedBatch(abc))).toMatchObject({ baseOffset: 3 })
})

test('after a clean stop a log goes on where it was, with producers, times and segments', async () => {
  const bench = logBench({ settings: { segmentBytes: 400 } })
  const log = await PartitionLog.create(bench.place, bench.context)
  for (let i = 0; i < 10; i++)
    await log.append(
      checkedBatch({ ...abc, timestampMs: 1_000 + i, producerId: 7, producerEpoch: 0, baseSequence: i * 3 }),
    )
  const state = JSON.parse(JSON.stringify(await log.close())) as Awaited<ReturnType<PartitionLog['close']>>
  const again = PartitionLog.known(bench.place, bench.context, state)
  expect([again.endOffset, again.leaderEpoch]).toEqual([30, 0])
  expect(
    await again.append(checkedBatch({ ...abc, producerId: 7, producerEpoch: 0, baseSequence: 27 })),
  ).toMatchObject({ baseOffset: 27 })
  expect(
    await again.append(checkedBatch({ ...abc, producerId: 7, producerEpoch: 0, baseSequence: 30 })),
  ).toMatchObject({ baseOffset: 30 })
  expect(await offsetForTime(again, 1_005)).toEqual({ offset: 15, timestampMs: 1_005 })
  expect(await offsetsFrom(again)).toHaveLength(11)
  await again.close()
})

test('a clean stop leaves files of the documented layout', async () => {
  const bench = logBench()
  const log = await PartitionLog.create(bench.place, bench.context)
  await log.append(checkedBatch(abc))
  await log.close()
  expect(readdirSync(bench.place.directory).toSorted()).toEqual([
    '00000000000000000000.index',
    '00000000000000000000.log',
    '00000000000000000000.timeindex',
    'leader-epochs',
    'partition.json',
  ])
})

test('when the clock of the broker jumps back an hour nothing is deleted, and times are still found', async () => {
  const bench = logBench({ settings: { isAppendTime: true, retentionMs: 60_000, segmentBytes: 300 } })
  const hourMs = 3_600_000
  bench.clock.nowMs = 2 * hourMs
  const log = await newLog(bench)
  for (let i = 0; i < 6; i++) {
    await log.append(checkedBatch({ values: [`v${i}`] }))
    bench.clock.nowMs += 1_000
  }
  bench.clock.nowMs -= hourMs
  for (let i = 6; i < 12; i++) {
    await log.append(checkedBatch({ values: [`v${i}`] }))
    bench.clock.nowMs += 1_000
    await log.applyRetention()
  }
  expect(await offsetsFrom(log)).toEqual(Array.from({ length: 12 }, (_, i) => i))
  expect(await offsetForTime(log, 2 * hourMs + 3_000)).toMatchObject({ offset: 3 })
  const state = await log.close()
  const again = PartitionLog.known(bench.place, bench.context, state)
  expect(await offsetForTime(again, 2 * hourMs + 3_000)).toMatchObject({ offset: 3 })
  // The clock is right again: what is old goes, the newest stays.
  bench.clock.nowMs = 2 * hourMs + 70_000
  await again.applyRetention()
  expect(again.endOffset).toBe(12)
  expect(again.logStartOffset).toBeGreaterThan(0)
  await again.close()
})
