import { readdir } from 'node:fs/promises'
import { composeRun, createDocumentEncoder } from '@beamtime/event-model'
import { frameDatum, parseAvroSchema } from '@beamtime/stream-formats/avro'
import { waitFor } from '@beamtime/service-kit/testing'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Replay } from '../../src/open-replay.ts'
import type { RecordOptions } from '../../src/record/record-options.ts'
import type { Recorder, RecordProgress } from '../../src/record/recorder.ts'
import { recordingInfo } from '../../src/files/recording-info.ts'
import { verifyRecording } from '../../src/recording/verify.ts'
import { contentOf, contentOfSource, plain, produce, record, replayBench, texts } from '../replay-bench.ts'

const numbered = (from: number, count: number, timestampMs = 1_000): ReturnType<typeof record>[] =>
  Array.from({ length: count }, (_, index) =>
    record({ timestampMs: timestampMs + from + index, value: Buffer.from(String(from + index)) }),
  )

async function topic(
  replay: Replay,
  name: string,
  ...batches: readonly ReturnType<typeof record>[][]
): Promise<void> {
  await replay.bus.ensureTopics([{ name }])
  for (const batch of batches) await produce(replay, { topic: name }, batch)
}

const earliest = { kind: 'earliest' } as const
const latest = { kind: 'latest' } as const

async function recorded(
  replay: Replay,
  options: Partial<RecordOptions>,
): Promise<{ readonly end: RecordProgress; readonly values: string[] }> {
  const recorder = await replay.recorder(`r${Math.random()}`.replace('.', ''), {
    topics: ['a'],
    from: earliest,
    ...options,
  })
  const end = await recorder.run()
  expect(await verifyRecording(recorder.directory)).toMatchObject({ damages: [], messages: end.count })
  const content = await contentOfSource(replay, recorder.directory)
  return { end, values: content.flatMap((records) => texts(records ?? [])) }
}

test('a count, a size, an end and a time each end a recording, in the middle of a batch where they must', async () => {
  const { replay } = await replayBench()
  await topic(replay, 'a', numbered(0, 5), numbered(5, 5), numbered(10, 5))
  expect(await recorded(replay, { count: 7 })).toMatchObject({
    end: { reason: 'count', count: 7 },
    values: [0, 1, 2, 3, 4, 5, 6].map(String),
  })
  expect(await recorded(replay, { bytes: 100 })).toMatchObject({ end: { reason: 'bytes', count: 5 } })
  expect(await recorded(replay, { to: latest })).toMatchObject({ end: { reason: 'end', count: 15 } })
  expect(await recorded(replay, { to: { kind: 'offset', offset: 8 } })).toMatchObject({ end: { count: 8 } })
  expect(await recorded(replay, { to: { kind: 'time', timestampMs: 1_012 } })).toMatchObject({
    end: { count: 12 },
  })
  expect(await recorded(replay, { from: { kind: 'offset', offset: 13 }, to: latest })).toMatchObject({
    values: ['13', '14'],
  })
  expect(await recorded(replay, { from: { kind: 'time', timestampMs: 1_010 }, to: latest })).toMatchObject({
    end: { count: 5 },
  })
  expect(await recorded(replay, { durationMs: 300 })).toMatchObject({
    end: { reason: 'duration', count: 15 },
  })
  expect(await recorded(replay, { idleMs: 300 })).toMatchObject({ end: { reason: 'idle', count: 15 } })
})

test('messages that come while it records are recorded, until it is stopped', async () => {
  const { replay } = await replayBench()
  await topic(replay, 'a', numbered(0, 5))
  const recorder = await replay.recorder('r', { topics: ['a'] })
  const done = recorder.run()
  await recorder.begun
  await produce(replay, { topic: 'a' }, numbered(5, 5))
  await waitFor(() => Promise.resolve(recorder.progress().count === 5 || null), { timeoutMs: 10_000 })
  recorder.stop()
  expect(await done).toMatchObject({ state: 'done', reason: 'stopped', count: 5, behind: 0 })
})

test('a pattern takes topics that come later, from their beginning', async () => {
  const { replay } = await replayBench()
  await topic(replay, 'x-1', numbered(0, 1))
  const recorder = await replay.recorder('r', { topics: [], match: /^x-/ })
  const done = recorder.run()
  await recorder.begun
  await topic(replay, 'other', numbered(0, 1))
  await topic(replay, 'x-2', numbered(0, 3))
  await waitFor(() => Promise.resolve(recorder.progress().count === 3 || null), { timeoutMs: 20_000 })
  recorder.stop()
  expect(await done).toMatchObject({ topics: ['x-1', 'x-2'] })
})

test('the stop of a run ends a recording behind it', async () => {
  const { replay } = await replayBench()
  const encoder = createDocumentEncoder()
  const run = composeRun({})
  const documents = [
    ['start', run.startDoc],
    ['stop', run.composeStop({})],
    ['start', composeRun({}).startDoc],
  ] as const
  await topic(
    replay,
    'a',
    documents.map((named) => record({ timestampMs: 1, value: encoder.encode(named as never) })),
  )
  expect((await recorded(replay, { untilRunStop: true })).end).toMatchObject({ reason: 'run stop', count: 2 })
})

test('what is recorded is what was sent: headers, empty keys, times of the broker, compacted offsets', async () => {
  const { replay } = await replayBench()
  await replay.bus.ensureTopics([{ name: 'a', configs: { 'message.timestamp.type': 'LogAppendTime' } }])
  await produce(replay, { topic: 'a', codec: 2 }, [
    record({
      timestampMs: 5,
      key: Buffer.alloc(0),
      value: Buffer.alloc(0),
      headers: [{ key: '', value: null }],
    }),
  ])
  const recorder = await replay.recorder('r', { topics: ['a'], from: earliest, to: latest })
  await recorder.run()
  const [[sent = []], [found = []]] = [await contentOf(replay, 'a'), await contentOfSource(replay, 'r')]
  expect(plain(found)).toEqual(plain(sent))
  expect(found[0]?.timestampMs).toBeGreaterThan(1_000_000)
  const { manifest } = await recordingInfo(recorder.directory)
  expect(manifest.topics[0]?.config).toMatchObject({ 'message.timestamp.type': 'LogAppendTime' })
})

test('schemas that messages name are kept, so that a recording decodes without its registry', async () => {
  const text = '{"type":"record","name":"r","fields":[{"name":"n","type":"int"}]}'
  const asked: string[] = []
  const registry = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ schema: text }))
  })
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void registry.close())
  const { replay } = await replayBench({
    registryUrl: `http://127.0.0.1:${(registry.address() as AddressInfo).port}`,
  })
  const value = frameDatum(704, parseAvroSchema(text).encode({ n: 3 }))
  await topic(replay, 'a', [record({ value }), record({ value })], [record({ value })])
  const recorder = await replay.recorder('r', { topics: ['a'], from: earliest, to: latest })
  await recorder.run()
  expect(asked).toHaveLength(1)
  expect(recorder.id).toMatch(/^[\da-f-]{36}$/)
  const { manifest } = await recordingInfo(recorder.directory)
  expect(manifest.topics[0]).toMatchObject({ schemas: { 704: { type: 'AVRO', schema: text } } })
})

test('a group says where to begin and is moved along', async () => {
  const { replay } = await replayBench()
  await topic(replay, 'a', numbered(0, 5))
  const run = async (name: string): Promise<Recorder> => {
    const recorder = await replay.recorder(name, { topics: ['a'], from: earliest, to: latest, group: 'g' })
    await recorder.run()
    return recorder
  }
  expect((await run('one')).progress().count).toBe(5)
  await produce(replay, { topic: 'a' }, numbered(5, 2))
  expect((await run('two')).progress().count).toBe(2)
  const [lag] = await replay.bus.admin.groupLag('g')
  expect(lag).toMatchObject({ topic: 'a', lag: 0n })
})

test('a topic that is not there fails at once and leaves nothing behind', async () => {
  const { replay, folder } = await replayBench()
  const recorder = await replay.recorder('r', { topics: ['none'] })
  await expect(recorder.run()).rejects.toMatchObject({ code: 'REPLAY_TOPIC_UNKNOWN' })
  expect(recorder.isDiscarded).toBe(true)
  expect((await readdir(folder)).filter((name) => name.endsWith('.strec'))).toEqual([])
})

test('a topic that is deleted and made anew is recorded on', async () => {
  const { replay } = await replayBench()
  await topic(replay, 'a', numbered(0, 5))
  const recorder = await replay.recorder('r', { topics: ['a'], from: earliest })
  const done = recorder.run()
  await waitFor(() => Promise.resolve(recorder.progress().count === 5 || null), { timeoutMs: 10_000 })
  await replay.bus.admin.deleteTopics(['a'])
  await replay.bus.ensureTopics([{ name: 'a' }])
  recorder.stop()
  expect(await done).toMatchObject({ state: 'done' })
})
