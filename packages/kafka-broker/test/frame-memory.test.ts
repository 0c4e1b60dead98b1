import { expect, test } from 'vitest'
import { batchBytes } from './batch-builder.ts'
import { RawClient, startTestBroker } from './broker-bench.ts'

const batchSize = 300_000

/** A batch of its own letter. */
const batch = (letter: string): Uint8Array => batchBytes({ values: [letter.repeat(batchSize)] })

const produce = (topic: string, records: Uint8Array): unknown => ({
  acks: -1,
  timeoutMs: 1_000,
  transactionalId: null,
  topicData: [{ name: topic, partitionData: [{ index: 0, records: [records] }] }],
})

const fetchFrom = (topic: string, fetchOffset: number): unknown => ({
  maxWaitMs: 10,
  minBytes: 1,
  maxBytes: 50_000_000,
  isolationLevel: 0,
  sessionId: 0,
  sessionEpoch: -1,
  topics: [{ topic, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 50_000_000 }] }],
  forgottenTopicsData: [],
  rackId: '',
})

interface Fetched {
  readonly responses: readonly { readonly partitions: readonly { readonly records: Uint8Array | null }[] }[]
}

/** The values of an answer: what else is in a batch has no long runs of a letter. */
function valuesOf({ responses }: Fetched): string {
  const records = responses[0]?.partitions[0]?.records ?? new Uint8Array(0)
  const text = Buffer.from(records).toString('latin1')
  return Array.from(text.matchAll(/([a-z])\1{1000,}/g), ([run]) => run).join('')
}

test('a slow reader gets what it asked for, although the memory of requests is used again meanwhile', async () => {
  const { port } = await startTestBroker({ tail_cache_bytes: 3_000_000 })
  const writer = await RawClient.connect(port)
  const topics = ['old', 'new'].map((name) => ({
    name,
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  }))
  await writer.call('CreateTopics', 4, { topics, timeoutMs: 1_000, validateOnly: false })
  const letters = Array.from('abcdefgh')
  for (const letter of letters) await writer.call('Produce', 9, produce('old', batch(letter)))
  const readers = await Promise.all(Array.from({ length: 4 }, () => RawClient.connect(port)))
  for (const reader of readers) {
    reader.socket.pause()
    for (let i = 0; i < 5; i++) reader.send('Fetch', 11, fetchFrom('old', 0))
  }
  // All of the tail cache is replaced several times.
  for (let i = 0; i < 60; i++) await writer.call('Produce', 9, produce('new', batch('z')))
  const expected = letters.map((letter) => letter.repeat(batchSize)).join('')
  for (const reader of readers) {
    reader.socket.resume()
    for (let i = 0; i < 5; i++) {
      const values = valuesOf((await reader.answer('Fetch', 11)) as Fetched)
      // From the disk, and so less at once, when it came late.
      expect(values.length).toBeGreaterThanOrEqual(batchSize)
      expect(expected.startsWith(values)).toBe(true)
    }
  }
}, 60_000)

test('requests that come one after another without waiting are stored as they were sent', async () => {
  const { port } = await startTestBroker({ tail_cache_bytes: 1_000_000 })
  const writer = await RawClient.connect(port)
  const topics = [{ name: 'all', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }]
  await writer.call('CreateTopics', 4, { topics, timeoutMs: 1_000, validateOnly: false })
  const letters = Array.from('abcdefghijklmnopqrst')
  for (const letter of letters) writer.send('Produce', 9, produce('all', batch(letter)))
  const last = writer.send('Metadata', 1, { topics: [] })
  for (let i = 1; i <= last - 2; i++) await writer.frame()
  const reader = await RawClient.connect(port)
  let values = ''
  for (let offset = 0; offset < letters.length; offset = values.length / batchSize)
    values += valuesOf((await reader.call('Fetch', 11, fetchFrom('all', offset))) as Fetched)
  expect(values === letters.map((letter) => letter.repeat(batchSize)).join('')).toBe(true)
}, 60_000)
