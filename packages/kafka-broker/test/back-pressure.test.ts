import { createMetrics } from '@beamtime/service-kit'
import { expect, test, vi } from 'vitest'
import { AnswerMemory, type HeldAnswer } from '../src/answer-memory.ts'
import { fastestChecksum } from '../src/checksum.ts'
import { crc32c } from '../src/core/crc32c.ts'
import { batchCrc, batchHeaderBytes } from '../src/core/record-batch.ts'
import { slicedChecksum } from '../src/sliced-checksum.ts'
import { batchBytes } from './batch-builder.ts'
import { RawClient, startTestBroker } from './broker-bench.ts'

const megabyte = 1_048_576
const produce = (records: Uint8Array): unknown => ({
  acks: -1,
  timeoutMs: 1_000,
  transactionalId: null,
  topicData: [{ name: 'raw', partitionData: [{ index: 0, records: [records] }] }],
})
const fetchFrom = (fetchOffset: number): unknown => ({
  maxWaitMs: 10,
  minBytes: 1,
  maxBytes: 64 * megabyte,
  isolationLevel: 0,
  sessionId: 0,
  sessionEpoch: -1,
  topics: [{ topic: 'raw', partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 64 * megabyte }] }],
  forgottenTopicsData: [],
  rackId: '',
})

async function withTopic(port: number): Promise<RawClient> {
  const client = await RawClient.connect(port)
  await client.call('CreateTopics', 4, {
    topics: [{ name: 'raw', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1_000,
    validateOnly: false,
  })
  return client
}

test('a large checksum is computed in parts, and other work is done between them', async () => {
  const bytes = Buffer.alloc(40 * megabyte, 'some text')
  let largest = 0
  let turns = 0
  const turn = setInterval(() => turns++, 0)
  const between = setImmediate(function again() {
    turns++
    pending = setImmediate(again)
  })
  let pending = between
  const value = await slicedChecksum(bytes, (part, seed) => {
    largest = Math.max(largest, part.byteLength)
    return crc32c(part, seed)
  })
  clearInterval(turn)
  clearImmediate(pending)
  expect(largest).toBeLessThanOrEqual(4 * megabyte)
  expect(turns).toBeGreaterThanOrEqual(9)
  expect(value).toBe(crc32c(bytes))
  expect(await slicedChecksum(bytes, fastestChecksum())).toBe(value)
})

test('batches behind a large one on the same connection keep their order, and its damage is seen', async () => {
  const { port } = await startTestBroker()
  const client = await withTopic(port)
  const large = batchBytes({ values: ['x'.repeat(9 * megabyte)] })
  const damaged = new Uint8Array(large)
  damaged[batchHeaderBytes + 5_000_000] = 1
  const small = batchBytes({ values: ['a', 'b'] })
  expect(batchCrc(damaged)).not.toBe(batchCrc(large))
  for (const records of [large, small, damaged, small]) client.send('Produce', 9, produce(records))
  const answers = []
  for (let i = 0; i < 4; i++) answers.push(await client.answer('Produce', 9))
  expect(answers).toMatchObject(
    [
      { errorCode: 0, baseOffset: 0 },
      { errorCode: 0, baseOffset: 1 },
      { errorCode: 2, baseOffset: -1 },
      { errorCode: 0, baseOffset: 3 },
    ].map((partition) => ({ responses: [{ partitionResponses: [partition] }] })),
  )
})

test('readers wait while too much is unsent, and go on when it is taken', async () => {
  const memory = new AnswerMemory(100)
  const { signal } = new AbortController()
  const first: HeldAnswer = { bytes: 0, done: [], drop: () => undefined }
  memory.hold(first, 120)
  let isThrough = false
  const waiting = memory.room(signal).then(() => (isThrough = true))
  await Promise.resolve()
  expect(isThrough).toBe(false)
  memory.release(first)
  await waiting
  expect(memory.usedBytes).toBe(0)
  const gone = new AbortController()
  memory.hold(first, 120)
  const left = memory.room(gone.signal)
  gone.abort()
  await left
})

test('when nobody takes anything for five seconds the slowest client is let go', async () => {
  vi.useFakeTimers()
  try {
    const memory = new AnswerMemory(100)
    const dropped: string[] = []
    const answers = ['slow', 'slower'].map((name): HeldAnswer => {
      const answer: HeldAnswer = {
        bytes: 0,
        done: [],
        drop: () => {
          dropped.push(name)
          memory.release(answer)
        },
      }
      return answer
    })
    for (const answer of answers) memory.hold(answer, 100)
    const waiting = memory.room(new AbortController().signal)
    await vi.advanceTimersByTimeAsync(4_999)
    expect(dropped).toEqual([])
    await vi.advanceTimersByTimeAsync(5_100)
    await waiting
    expect(dropped).toEqual(['slow', 'slower'])
  } finally {
    vi.useRealTimers()
  }
})

test('a reader that asks and does not take holds up others for five seconds at most', async () => {
  const { port, log } = await startTestBroker({ answer_memory_bytes: megabyte, tail_cache_bytes: 0 })
  const client = await withTopic(port)
  for (let i = 0; i < 16; i++)
    await client.call('Produce', 9, produce(batchBytes({ values: ['x'.repeat(megabyte)] })))
  const slow = await RawClient.connect(port)
  slow.socket.pause()
  for (let i = 0; i < 40; i++) slow.send('Fetch', 11, fetchFrom(i % 16))
  const other = await RawClient.connect(port)
  // Group traffic and metadata do not wait at all.
  expect(await other.call('Metadata', 1, { topics: [] })).toMatchObject({ topics: [] })
  // The kernel takes some megabytes of what the slow one does not; only then has the other to wait.
  do expect(await other.call('Fetch', 11, fetchFrom(3))).toMatchObject({ errorCode: 0 })
  while (!log.join('\n').includes('broker.reader-dropped'))
}, 30_000)

test('the metrics tell what goes in and out, errors, clients and the age of the data', async () => {
  const metrics = createMetrics()
  const { port } = await startTestBroker({}, undefined, metrics)
  const client = await withTopic(port)
  await client.call('ApiVersions', 3, { clientSoftwareName: 'tester', clientSoftwareVersion: '1.2' })
  await client.call('Produce', 9, produce(batchBytes({ values: ['a', 'b', 'c'], timestampMs: 5_000 })))
  await client.call('Produce', 9, produce(batchBytes({ values: ['d'], timestampMs: 6_000 })))
  await client.call('Fetch', 11, fetchFrom(1))
  await client.call('Fetch', 11, fetchFrom(99))
  const text = await metrics.text()
  for (const line of [
    'beamtime_broker_records_in_total{topic="raw"} 4',
    'beamtime_broker_records_out_total{topic="raw"} 3',
    'beamtime_broker_errors_total{api="Fetch",error="OFFSET_OUT_OF_RANGE"} 1',
    'beamtime_broker_clients{software="tester 1.2"} 1',
    'beamtime_broker_log_oldest_timestamp_seconds{topic="raw"} 5',
    'beamtime_broker_recovered_partitions 0',
    'beamtime_broker_read_memory_bytes 0',
  ])
    expect(text).toContain(line)
  expect(text).toMatch(/beamtime_broker_request_seconds_bucket\{le="[^"]+",api="Produce"\} 2/)
})

test('a client that announces a large request and does not send it holds up no small ones, and large ones for a while only', async () => {
  const { port, log } = await startTestBroker({ request_memory_bytes: 8 * megabyte })
  const client = await withTopic(port)
  const announced = Buffer.alloc(4)
  announced.writeInt32BE(100 * megabyte)
  for (let i = 0; i < 3; i++) (await RawClient.connect(port)).socket.write(announced)
  const [small, large] = await Promise.all([RawClient.connect(port), RawClient.connect(port)])
  const startedMs = performance.now()
  const writing = large.call('Produce', 9, produce(batchBytes({ values: ['x'.repeat(megabyte)] })))
  for (let i = 0; i < 20; i++)
    expect(await small.call('Metadata', 1, { topics: [] })).toMatchObject({ topics: [] })
  expect(performance.now() - startedMs).toBeLessThan(4_000)
  expect(await writing).toMatchObject({ responses: [{ partitionResponses: [{ errorCode: 0 }] }] })
  expect(log.join('\n')).toContain('broker.sender-dropped')
  expect(client.isClosed).toBe(false)
}, 60_000)
