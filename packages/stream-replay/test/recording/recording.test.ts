import { cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, onTestFinished, test } from 'vitest'
import { batchesOf } from '../../src/batch/batch-header.ts'
import { encodeBatch } from '../../src/batch/batch-records.ts'
import { archiveRecording } from '../../src/files/tar-archive.ts'
import { readManifest, writeManifest } from '../../src/recording/manifest.ts'
import { Recording } from '../../src/recording/recording.ts'
import { RecordingWriter, type RecordingWriterOptions } from '../../src/recording/recording-writer.ts'
import { verifyRecording } from '../../src/recording/verify.ts'
import { record } from '../replay-bench.ts'

function folder(): string {
  const directory = tempDir()
  onTestFinished(() => directory.close())
  return directory.path
}

/** A batch of so many messages from an offset on, at 10 ms each. */
function batch(offset: number, count: number, bytes = 100): ReturnType<typeof batchesOf> {
  const encoded = encodeBatch(
    Array.from({ length: count }, (_, index) =>
      record({ timestampMs: (offset + index) * 10, value: Buffer.alloc(bytes, offset + index) }),
    ),
    0,
  )
  encoded.writeBigInt64BE(BigInt(offset), 0)
  return batchesOf(encoded)
}

async function recorded(
  options: Partial<RecordingWriterOptions> & { readonly batches?: number } = {},
): Promise<{ readonly path: string; readonly writer: RecordingWriter }> {
  const path = join(folder(), 'r.strec')
  const { batches = 10, ...rest } = options
  const writer = await RecordingWriter.create({ directory: path, clusterId: 'c', ...rest })
  await writer.addTopic({ name: '.a', topicId: 't', partitions: 2, config: { 'retention.ms': '5' } })
  for (let index = 0; index < batches; index++)
    await writer.append({ topic: '.a', partition: 0 }, [...batch(index * 5, 5)])
  return { path, writer }
}

const log = (path: string, base = 0): string => join(path, '%2Ea/0', `${String(base).padStart(20, '0')}.log`)

test('what is recorded is there: counts, times, settings, and a hidden topic in a folder that shows', async () => {
  const { path, writer } = await recorded()
  await writer.close()
  const recording = await Recording.open(path)
  expect(recording.manifest).toMatchObject({ closed: true, clusterId: 'c', format: 'strec/1' })
  expect(recording.manifest.topics[0]).toMatchObject({ name: '.a', config: { 'retention.ms': '5' } })
  expect(recording.manifest.topics[0]?.partitions).toMatchObject([
    { first: 0, last: 49, count: 50, firstTs: 0, lastTs: 490 },
    { first: -1, count: 0 },
  ])
  expect(await readdir(path)).toEqual(['%2Ea', 'arrival.log', 'manifest.json'])
  await recording.close()
  expect(await verifyRecording(path)).toMatchObject({ messages: 50, damages: [] })
})

test('reading begins at the batch that holds an offset, in any of several segments', async () => {
  const { path, writer } = await recorded({ segmentBytes: 2_000 })
  await writer.close()
  const recording = await Recording.open(path)
  expect(recording.segmentsOf('.a', 0).length).toBeGreaterThan(2)
  const firstFrom = async (from: number): Promise<number | undefined> => {
    for await (const { header } of recording.batches({ topic: '.a', partition: 0, from }))
      return header.baseOffset
    return undefined
  }
  for (const from of [0, 4, 5, 23, 49]) expect(await firstFrom(from)).toBe(Math.floor(from / 5) * 5)
  expect(await firstFrom(50)).toBeUndefined()
  for (const timeMs of [0, 5, 101, 490]) {
    const offset = await recording.offsetBeforeTime('.a', 0, timeMs)
    expect(offset).toBeLessThanOrEqual(Math.ceil(timeMs / 10))
  }
  await recording.close()
})

test('wherever a kill cuts the log, the recording opens with all whole batches before', async () => {
  const { path, writer } = await recorded({ batches: 3 })
  await writer.close()
  await writeManifest(path, { ...(await readManifest(path)), closed: false })
  const whole = await readFile(log(path))
  const size = whole.length / 3
  for (let length = whole.length; length >= 0; length -= 37) {
    await truncate(log(path), length)
    const recording = await Recording.open(path)
    expect(recording.count).toBe(Math.floor(length / size) * 5)
    await recording.close()
  }
})

test('a recording without its last manifest knows what its logs hold', async () => {
  const { path, writer } = await recorded()
  // As a kill leaves it: nothing is closed, and the manifest is that of the first second.
  const manifest = await readManifest(path)
  expect(manifest).toMatchObject({ closed: false })
  const recording = await Recording.open(path)
  expect(recording.count).toBe(50)
  await recording.close()
  await writer.close()
})

test.each([
  ['length', 8],
  ['magic', 16],
  ['checksum', 17],
  ['attributes', 21],
  ['records', 80],
  ['last byte', 570],
])(
  'a flipped bit in the %s of a batch in the middle is found, and repairing keeps what is before',
  async (_, at) => {
    const { path, writer } = await recorded()
    await writer.close()
    const bytes = await readFile(log(path))
    const size = bytes.length / 10
    const position = 4 * size + Math.min(at, size - 1)
    bytes[position] = (bytes[position] ?? 0) ^ 0x10
    await writeFile(log(path), bytes)
    const report = await verifyRecording(path)
    expect(report.damages.map(({ topic, partition }) => `${topic}/${partition}`)).toContain('.a/0')
    const repaired = await verifyRecording(path, { repair: true })
    expect(repaired.repairedBytes).toBe(6 * size)
    expect(await verifyRecording(path)).toMatchObject({ messages: 20, damages: [] })
  },
)

test('an index that belongs to another log, and counts that are not those of the log, are told', async () => {
  const { path, writer } = await recorded()
  await writer.close()
  await writeFile(log(path).replace('.log', '.idx'), Buffer.alloc(16, 1))
  await writeManifest(path, { ...(await readManifest(path)), closed: true })
  const manifest = await readManifest(path)
  Object.assign(manifest.topics[0]?.partitions[0] ?? {}, { count: 49 })
  await writeManifest(path, manifest)
  const kinds = (await verifyRecording(path)).damages.map(({ kind }) => kind)
  expect(kinds).toEqual(['index', 'counts'])
})

test('in one uncompressed tar archive it reads as in a folder, also below the folder’s name', async () => {
  const { path, writer } = await recorded({ segmentBytes: 2_000 })
  await writer.close()
  const archive = `${path}.tar`
  expect(await archiveRecording(path, archive)).toBe((await readFile(archive)).length)
  const offsets = async (where: string): Promise<number[]> => {
    const recording = await Recording.open(where)
    const found: number[] = []
    for await (const { header } of recording.batches({ topic: '.a', partition: 0, from: 7 }))
      found.push(header.baseOffset)
    await recording.close()
    return found
  }
  expect(await offsets(archive)).toEqual(await offsets(path))
  expect(await verifyRecording(archive)).toMatchObject({ messages: 50, damages: [] })
})

test('a ring of a size keeps its newest part, and saving it leaves a recording of its own', async () => {
  const { path, writer } = await recorded({ ring: { ageMs: null, bytes: 3_000_000 }, batches: 0 })
  for (let index = 0; index < 100; index++)
    await writer.append({ topic: '.a', partition: 0 }, [...batch(index * 10, 10, 10_000)])
  expect(writer.bytes).toBeLessThan(3_000_000 + 2_000_000)
  expect(writer.bytes).toBeGreaterThan(1_000_000)
  const saved = join(path, '../saved.strec')
  await writer.saveRing(saved)
  await writer.append({ topic: '.a', partition: 0 }, [...batch(1_000, 10, 10_000)])
  await writer.close()
  const copy = await Recording.open(saved)
  const entry = copy.manifest.topics[0]?.partitions[0]
  expect(entry?.last).toBe(999)
  expect(entry?.count).toBe(1_000 - (entry?.first ?? 0))
  expect(copy.id).not.toBe(writer.manifest.id)
  await copy.close()
  expect(await verifyRecording(saved)).toMatchObject({ damages: [] })
  expect(await verifyRecording(path)).toMatchObject({ damages: [] })
})

test('a ring of an age forgets what is older, by the clock of the recorder', async () => {
  let nowMs = 0
  const { writer } = await recorded({ ring: { ageMs: 16_000, bytes: null }, batches: 0, now: () => nowMs })
  for (let index = 0; index < 60; index++) {
    nowMs = index * 1_000
    await writer.append({ topic: '.a', partition: 0 }, [...batch(index, 1)])
  }
  const entry = writer.manifest.topics[0]?.partitions[0]
  expect(entry).toMatchObject({ last: 59 })
  expect(entry?.first).toBeGreaterThanOrEqual(41)
  expect(entry?.first).toBeLessThanOrEqual(43)
  await writer.close()
})

test('a second recording does not overwrite the first', async () => {
  const { path, writer } = await recorded()
  await writer.close()
  await expect(RecordingWriter.create({ directory: path, clusterId: null })).rejects.toMatchObject({
    code: 'REPLAY_RECORDING_EXISTS',
  })
})

test('what is no recording is told from one that is damaged', async () => {
  const here = folder()
  await expect(Recording.open(join(here, 'none'))).rejects.toMatchObject({ code: 'REPLAY_RECORDING_UNKNOWN' })
  await expect(Recording.open(here)).rejects.toMatchObject({ code: 'REPLAY_RECORDING_UNKNOWN' })
  for (const text of ['', '{', '[]', '{"format":"strec/2"}', '{"format":"strec/1","topics":[{}]}']) {
    await writeFile(join(here, 'manifest.json'), text)
    await expect(Recording.open(here)).rejects.toMatchObject({ code: 'REPLAY_RECORDING_DAMAGED' })
  }
  await writeFile(join(here, 'x.tar'), Buffer.alloc(2_048, 7))
  await expect(Recording.open(join(here, 'x.tar'))).rejects.toMatchObject({
    code: 'REPLAY_RECORDING_DAMAGED',
  })
})

test('a copy of a recording is a recording', async () => {
  const { path, writer } = await recorded()
  await writer.close()
  await cp(path, `${path}-2`, { recursive: true })
  expect(await verifyRecording(`${path}-2`)).toMatchObject({ messages: 50, damages: [] })
})
