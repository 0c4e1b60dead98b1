import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { controlBatch } from '../../src/core/control-record.ts'
import { crc32c } from '../../src/core/crc32c.ts'
import { codecNames, readBatchHeader, recordsSection } from '../../src/core/record-batch.ts'
import { encodeBatch, encodeRecords, recordBody, storedRecords } from '../../src/core/stored-record.ts'
import type { LogSettings } from '../../src/core/topic-config.ts'
import { compactLog } from '../../src/log/compaction.ts'
import { compress, decompress } from '../../src/log/compression.ts'
import type { CheckedBatch } from '../../src/log/append-queue.ts'
import { PartitionLog } from '../../src/log/partition-log.ts'
import { recoverPartition } from '../../src/log/recovery.ts'
import { offsetForTime } from '../../src/log/time-lookup.ts'
import { type LogBench, logBench, newLog } from '../log-bench.ts'

const compacted: Partial<LogSettings> = {
  isCompacted: true,
  isDeleted: false,
  minDirtyRatio: 0.01,
  segmentBytes: 400,
  deleteRetentionMs: 1_000,
}

type Entry = readonly [key: string, value: string | null]

async function keyed(
  entries: readonly Entry[],
  facts: {
    codec?: number
    timestampMs?: number
    producerId?: number
    baseSequence?: number
    attributes?: number
  } = {},
): Promise<CheckedBatch> {
  const { codec = 0, timestampMs = 1_000, producerId = -1, baseSequence = -1, attributes = 0 } = facts
  const fields = {
    baseOffset: 0,
    leaderEpoch: -1,
    attributes: codec | attributes,
    lastOffsetDelta: entries.length - 1,
    baseTimestamp: timestampMs,
    maxTimestamp: timestampMs + entries.length - 1,
    producerId,
    producerEpoch: producerId < 0 ? -1 : 0,
    baseSequence,
  }
  const records = entries.map(([key, value], i) => ({
    offset: i,
    timestampMs: timestampMs + i,
    attributes: 0,
    body: recordBody(Buffer.from(key), value === null ? null : Buffer.from(value)),
  }))
  const section = await compress(codecNames[codec] ?? 'none', encodeRecords(fields, records))
  const bytes = encodeBatch(fields, { recordsCount: entries.length, section }, crc32c)
  return { header: readBatchHeader(bytes), bytes }
}

interface Seen {
  readonly offset: number
  readonly key: string
  readonly value: string | null
  readonly timestampMs: number
}

async function readAll(log: PartitionLog, from = 0): Promise<Seen[]> {
  const seen: Seen[] = []
  for (let next = from; next < log.endOffset;) {
    const { pieces } = await log.read(next, 1_000_000)
    expect(pieces.length).toBeGreaterThan(0)
    for (const piece of pieces) {
      for (let at = 0; at < piece.byteLength;) {
        const header = readBatchHeader(piece.subarray(at))
        const bytes = piece.subarray(at, at + header.sizeBytes)
        const section = await decompress(codecNames[header.codec] ?? 'none', recordsSection(bytes))
        for (const { offset, key, value, timestampMs } of storedRecords(header, section)) {
          const text = value === null ? null : Buffer.from(value).toString()
          seen.push({ offset, key: Buffer.from(key ?? []).toString(), value: text, timestampMs })
        }
        next = header.baseOffset + header.lastOffsetDelta + 1
        at += header.sizeBytes
      }
    }
  }
  return seen
}

async function append(log: PartitionLog, batch: CheckedBatch): Promise<void> {
  expect(await log.append(batch)).toMatchObject({ kind: 'appended' })
}

/** Puts everything so far into closed segments that are known to be on the disk. */
async function settle(log: PartitionLog, bench: LogBench): Promise<void> {
  bench.clock.nowMs += 1
  await log.rollOlderThan(0)
  await expect.poll(() => log.recoveryOffset).toBe(log.endOffset)
}

test.each([0, 1, 2, 3, 4])(
  'of each key the last record stays, at its offset and time (codec %i)',
  async (codec) => {
    const bench = logBench({ settings: compacted, cacheBytes: 1_000_000 })
    const log = await newLog(bench)
    for (let i = 0; i < 30; i++)
      await append(
        log,
        await keyed(
          [
            [`k${i % 3}`, `v${i} ${'x'.repeat(60)}`],
            ['same', String(i)],
          ],
          { codec, timestampMs: 1_000 + 10 * i },
        ),
      )
    await settle(log, bench)
    const before = log.sizeBytes
    const files = log.segments.length
    expect(await compactLog(log, bench.context)).toBeGreaterThan(0)
    const seen = await readAll(log)
    expect(seen.map(({ offset, key, timestampMs }) => [offset, key, timestampMs])).toEqual([
      [54, 'k0', 1_270],
      [56, 'k1', 1_280],
      [58, 'k2', 1_290],
      [59, 'same', 1_291],
    ])
    expect(log.sizeBytes).toBeLessThan(before / 3)
    expect([log.logStartOffset, log.endOffset]).toEqual([0, 60])
    expect(await offsetForTime(log, 1_275)).toEqual({ offset: 56, timestampMs: 1_280 })
    // The next round writes small neighbours into one file.
    await append(log, await keyed([['late', 'x']]))
    await settle(log, bench)
    await compactLog(log, bench.context)
    expect(log.segments.length).toBeLessThan(files / 2)
    expect((await readAll(log)).map(({ offset }) => offset)).toEqual([54, 56, 58, 59, 60])
  },
)

test('a tombstone stays for delete.retention.ms after it was compacted, then it goes', async () => {
  const bench = logBench({ settings: compacted })
  const log = await newLog(bench)
  await append(
    log,
    await keyed([
      ['a', '1'],
      ['b', '1'],
      ['a', null],
    ]),
  )
  await settle(log, bench)
  await compactLog(log, bench.context)
  const kept = [
    ['b', '1', 1_001],
    ['a', null, 1_002],
  ]
  const told = async (): Promise<unknown[]> =>
    (await readAll(log)).map(({ key, value, timestampMs }) => [key, value, timestampMs])
  expect(await told()).toEqual(kept)
  await append(log, await keyed([['c', '1']]))
  await settle(log, bench)
  await compactLog(log, bench.context)
  expect(await told()).toEqual([...kept, ['c', '1', 1_000]])
  bench.clock.nowMs += 2_000
  await append(log, await keyed([['d', '1']]))
  await settle(log, bench)
  await compactLog(log, bench.context)
  expect((await told()).map((record) => (record as unknown[])[0])).toEqual(['b', 'c', 'd'])
})

test('nothing is compacted before enough is new, nor what is too young', async () => {
  const bench = logBench({ settings: { ...compacted, minDirtyRatio: 0.5, minCompactionLagMs: 5_000 } })
  bench.clock.nowMs = 3_000
  const log = await newLog(bench)
  for (let i = 0; i < 20; i++) await append(log, await keyed([['k', `${i} ${'x'.repeat(100)}`]]))
  await settle(log, bench)
  expect(await compactLog(log, bench.context)).toBe(0)
  bench.clock.nowMs = 20_000
  expect(await compactLog(log, bench.context)).toBeGreaterThan(0)
  expect(await readAll(log)).toHaveLength(1)
  // One little segment against what is there: not half.
  for (let i = 0; i < 20; i++) await append(log, await keyed([[`other${i}`, 'x'.repeat(100)]]))
  await settle(log, bench)
  bench.clock.nowMs = 40_000
  await compactLog(log, bench.context)
  await append(log, await keyed([['k', 'new']]))
  await settle(log, bench)
  bench.clock.nowMs = 60_000
  expect(await compactLog(log, bench.context)).toBe(0)
  expect(await readAll(log)).toHaveLength(22)
})

test('the newest sequence of a producer survives compaction and a crash', async () => {
  const bench = logBench({ settings: compacted })
  const log = await PartitionLog.create(bench.place, bench.context)
  for (let i = 0; i < 12; i++)
    await append(log, await keyed([['k', `${i} ${'x'.repeat(100)}`]], { producerId: 7, baseSequence: i }))
  await append(log, await keyed([['k', 'of another']]))
  await settle(log, bench)
  await compactLog(log, bench.context)
  expect((await readAll(log)).map(({ value }) => value)).toEqual(['of another'])
  const again = await recoverPartition(bench.place, bench.context)
  expect([...again.producers()]).toMatchObject([{ producerId: 7, lastSequence: 11 }])
  expect(await again.append(await keyed([['k', 'x']], { producerId: 7, baseSequence: 12 }))).toMatchObject({
    kind: 'appended',
    baseOffset: 13,
  })
  expect(bench.events.filter(({ kind }) => kind === 'segment-damaged' || kind === 'tail-truncated')).toEqual(
    [],
  )
  await again.close()
})

test('a crash while segments are swapped leaves the new ones, and one before that the old ones', async () => {
  const bench = logBench({ settings: compacted })
  const log = await PartitionLog.create(bench.place, bench.context)
  for (let i = 0; i < 12; i++) await append(log, await keyed([['k', `${i} ${'x'.repeat(100)}`]]))
  await settle(log, bench)
  const whole = await readAll(log)
  const { directory } = bench.place
  writeFileSync(join(directory, '00000000000000000000-00000000000000000012.cleaned'), 'half of it')
  const first = await recoverPartition(bench.place, bench.context)
  expect(await readAll(first)).toEqual(whole)
  // The swap file is complete, the old files are still there.
  const last = await keyed([['k', 'of the swap']])
  const bytes = Buffer.from(last.bytes)
  bytes.writeBigInt64BE(11n, 0)
  const swap = join(directory, '00000000000000000000-00000000000000000012.swap')
  writeFileSync(`${swap}.x`, bytes)
  renameSync(`${swap}.x`, swap)
  const second = await recoverPartition(bench.place, bench.context)
  expect((await readAll(second)).map(({ offset, value }) => [offset, value])).toEqual([[11, 'of the swap']])
  expect(second.endOffset).toBe(12)
  expect(readdirSync(directory).filter((name) => /swap|cleaned/.test(name))).toEqual([])
  await second.close()
})

test('reading goes on while it is compacted, and after a clean stop the log is the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.option(fc.string({ maxLength: 90 }))), {
        minLength: 1,
        maxLength: 60,
      }),
      async (entries) => {
        const bench = logBench({ settings: { ...compacted, deleteRetentionMs: 100_000_000 } })
        const log = await PartitionLog.create(bench.place, bench.context)
        for (const [key, value] of entries) await append(log, await keyed([[`k${key}`, value]]))
        await settle(log, bench)
        const [during] = await Promise.all([readAll(log), compactLog(log, bench.context)])
        const newest = new Map(entries.map(([key, value]) => [`k${key}`, value]))
        const told = (seen: readonly Seen[]): Map<string, string | null> =>
          new Map(seen.map(({ key, value }) => [key, value]))
        expect(told(during)).toEqual(newest)
        const after = await readAll(log)
        expect(after).toHaveLength(newest.size)
        expect(told(after)).toEqual(newest)
        const state = await log.close()
        const again = PartitionLog.known(bench.place, bench.context, state)
        expect(await readAll(again)).toEqual(after)
        await again.close()
      },
    ),
    { numRuns: 25 },
  )
}, 60_000)

test('records of an aborted transaction go, and do not stand for their keys; an open one stays as it is', async () => {
  const bench = logBench({ settings: compacted })
  const log = await newLog(bench)
  const transactional = { producerId: 7, attributes: 0x10 }
  const end = async (isCommitted: boolean): Promise<void> => {
    const bytes = controlBatch({ producerId: 7, producerEpoch: 0 }, { isCommitted, nowMs: 1_000 }, crc32c)
    await append(log, { header: readBatchHeader(bytes), bytes })
  }
  await append(
    log,
    await keyed([
      ['a', 'old'],
      ['b', 'old'],
    ]),
  )
  await append(log, await keyed([['a', 'never']], { ...transactional, baseSequence: 0 }))
  await end(false)
  await append(log, await keyed([['b', 'new']], { ...transactional, baseSequence: 1 }))
  await end(true)
  await append(log, await keyed([['a', 'open']], { ...transactional, baseSequence: 2 }))
  await settle(log, bench)
  await compactLog(log, bench.context)
  // Nothing at or above the first open transaction is touched, and what is open does not stand for its key yet.
  const before = (await readAll(log)).filter(({ key }) => key === 'a')
  expect(before.map(({ value }) => value)).toEqual(['old', 'open'])
  await end(true)
  await append(log, await keyed([['c', 'later']]))
  await settle(log, bench)
  await compactLog(log, bench.context)
  const data = (await readAll(log)).filter(({ key }) => /^[abc]$/.test(key))
  expect(data.map(({ key, value }) => [key, value])).toEqual([
    ['b', 'new'],
    ['a', 'open'],
    ['c', 'later'],
  ])
})
