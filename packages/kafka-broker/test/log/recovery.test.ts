import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { PartitionLog } from '../../src/log/partition-log.ts'
import { recoverPartition } from '../../src/log/recovery.ts'
import { checkedBatch } from '../batch-builder.ts'
import { type LogBench, logBench, offsetsFrom, scratchFolder } from '../log-bench.ts'

const firstLog = '00000000000000000000.log'

/** A log of five batches of two records from one producer, as a killed broker leaves it: no indexes, no snapshot. */
async function crashedLog(
  settings: { segmentBytes?: number } = {},
): Promise<{ bench: LogBench; path: string; sizes: number[] }> {
  const bench = logBench({ settings })
  const log = await PartitionLog.create(bench.place, bench.context)
  const sizes: number[] = []
  for (let i = 0; i < 5; i++) {
    const batch = checkedBatch({
      values: [`one ${i}`, 'two'],
      producerId: 9,
      producerEpoch: 0,
      baseSequence: i * 2,
    })
    await log.append(batch)
    sizes.push(batch.bytes.byteLength)
  }
  const copy = join(scratchFolder(), 't-0')
  cpSync(bench.place.directory, copy, { recursive: true })
  await log.close()
  return { bench: logBench({ settings, directory: copy }), path: join(copy, firstLog), sizes }
}

async function recover(bench: LogBench): Promise<PartitionLog> {
  const log = await recoverPartition(bench.place, bench.context)
  onTestFinished(async () => void (await log.close()))
  return log
}

test('everything that was acknowledged is there after a kill, and the next epoch begins at the end', async () => {
  const { bench } = await crashedLog()
  const log = await recover(bench)
  expect(await offsetsFrom(log)).toEqual([0, 2, 4, 6, 8])
  expect([log.leaderEpoch, log.epochEnd(0)]).toEqual([1, { epoch: 0, endOffset: 10 }])
})

test('a log that is cut at any byte of its last two batches keeps all batches before the cut', async () => {
  const { bench, path, sizes } = await crashedLog()
  const whole = readFileSync(path)
  const lastTwo = (sizes[3] ?? 0) + (sizes[4] ?? 0)
  for (let cut = 1; cut <= lastTwo; cut++) {
    truncateSync(path, whole.byteLength - cut)
    const log = await recoverPartition(bench.place, bench.context)
    const expected = cut <= (sizes[4] ?? 0) ? [0, 2, 4, 6] : [0, 2, 4]
    expect(await offsetsFrom(log), `cut by ${cut}`).toEqual(expected)
    expect(await log.append(checkedBatch({ values: ['new'] }))).toMatchObject({
      baseOffset: expected.length * 2,
    })
    await log.close()
    writeFileSync(path, whole)
    rmSync(join(bench.place.directory, '00000000000000000000.index'), { force: true })
  }
})

test('a flipped bit anywhere in the last batch is found', async () => {
  const { bench, path, sizes } = await crashedLog()
  const whole = readFileSync(path)
  const last = whole.byteLength - (sizes[4] ?? 0)
  // The leader epoch (bytes 12 to 15) lies outside of the checksum; so does the base offset, but that has to follow.
  const offsets = Array.from({ length: sizes[4] ?? 0 }, (_, i) => i).filter((i) => i < 12 || i > 15)
  for (const at of offsets) {
    const damaged = Buffer.from(whole)
    damaged[last + at] = (damaged[last + at] ?? 0) ^ 0x80
    writeFileSync(path, damaged)
    const log = await recoverPartition(bench.place, bench.context)
    expect(await offsetsFrom(log), `byte ${at}`).toEqual([0, 2, 4, 6])
    await log.close()
    for (const name of readdirSync(bench.place.directory))
      if (/damaged$|index$/.test(name)) rmSync(join(bench.place.directory, name))
  }
})

test('a tail of zeros, as a power cut leaves it on some file systems, is cut off', async () => {
  const { bench, path } = await crashedLog()
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(5_000)]))
  expect(await offsetsFrom(await recover(bench))).toEqual([0, 2, 4, 6, 8])
  expect(bench.events).toContainEqual(
    expect.objectContaining({ kind: 'tail-truncated', droppedBytes: 5_000 }),
  )
})

test('producers are known again, so a batch that is repeated over the kill is not doubled', async () => {
  const { bench } = await crashedLog()
  const log = await recover(bench)
  const repeat = checkedBatch({ values: ['one 4', 'two'], producerId: 9, producerEpoch: 0, baseSequence: 8 })
  expect(await log.append(repeat)).toMatchObject({ kind: 'appended', baseOffset: 8 })
  expect(log.endOffset).toBe(10)
})

test('producers are known again over several segments', async () => {
  const { bench } = await crashedLog({ segmentBytes: 200 })
  const log = await recover(bench)
  expect(log.segments.length).toBeGreaterThan(1)
  const repeat = checkedBatch({ values: ['one 1', 'two'], producerId: 9, producerEpoch: 0, baseSequence: 2 })
  expect(await log.append(repeat)).toMatchObject({ kind: 'appended', baseOffset: 2 })
})

test('damage in an older segment is set aside for a person, and what is before and after it is served', async () => {
  const { bench, path } = await crashedLog({ segmentBytes: 200 })
  rmSync(join(bench.place.directory, 'partition.json'))
  const bytes = readFileSync(path)
  bytes[100] = (bytes[100] ?? 0) ^ 1
  writeFileSync(path, bytes)
  const log = await recover(bench)
  expect(bench.events).toContainEqual(
    expect.objectContaining({ kind: 'segment-damaged', reason: 'checksum' }),
  )
  expect(existsSync(path.replace(/log$/, 'damaged'))).toBe(true)
  expect(await offsetsFrom(log, log.segments[1]?.baseOffset)).not.toEqual([])
  expect(log.endOffset).toBe(10)
})

test('indexes that are missing or damaged are made again', async () => {
  const bench = logBench({ settings: { segmentBytes: 500, indexIntervalBytes: 100 } })
  const log = await PartitionLog.create(bench.place, bench.context)
  for (let i = 0; i < 20; i++) await log.append(checkedBatch({ values: [`v${i}`], timestampMs: 1_000 + i }))
  const state = await log.close()
  for (const name of readdirSync(bench.place.directory)) {
    if (name.endsWith('.index')) writeFileSync(join(bench.place.directory, name), 'nonsense!')
    if (name.endsWith('.timeindex')) rmSync(join(bench.place.directory, name))
  }
  const again = PartitionLog.known(bench.place, bench.context, state)
  expect(await offsetsFrom(again, 7)).toEqual(Array.from({ length: 13 }, (_, i) => i + 7))
  await again.close()
})

test('offsets of records that are gone are not given again', async () => {
  const { bench, path } = await crashedLog()
  truncateSync(path, 0)
  writeFileSync(
    join(bench.place.directory, 'partition.json'),
    JSON.stringify({ topicId: 'id-1', logStartOffset: 4, nextOffset: 10, recoveryOffset: 0 }),
  )
  const log = await recover(bench)
  expect(await log.append(checkedBatch({ values: ['new'] }))).toMatchObject({ baseOffset: 10 })
})
