import { join } from 'node:path'
import { freePort } from '@beamtime/service-kit/testing'
import kafkajs from 'kafkajs'
import { expect, onTestFinished, test } from 'vitest'
import { codecNames, readBatchHeader, recordsSection } from '../src/core/record-batch.ts'
import { storedRecords } from '../src/core/stored-record.ts'
import { decompressAtOnce } from '../src/log/compression.ts'
import { batchBytes } from './batch-builder.ts'
import { RawClient, startTestBroker } from './broker-bench.ts'
import { exited, startBroker } from './crash-bench.ts'
import { scratchFolder } from './log-bench.ts'

interface Producer {
  readonly producerId: number
  readonly producerEpoch: number
}

const transactionalId = 'tx'
const transactional = 0x10

/** A producer that sends transactions frame by frame. */
class Transactions {
  readonly client: RawClient
  producer: Producer = { producerId: -1, producerEpoch: -1 }
  #sequences = new Map<number, number>()

  constructor(client: RawClient) {
    this.client = client
  }

  static async on(port: number): Promise<Transactions> {
    const one = new Transactions(await RawClient.connect(port))
    expect(await one.init()).toBe(0)
    return one
  }

  async init(timeoutMs = 60_000, claim: Partial<Producer> = {}): Promise<number> {
    const wanted = { producerId: -1, producerEpoch: -1, ...claim }
    const answer = await this.client.call<Producer & { errorCode: number }>('InitProducerId', 4, {
      transactionalId,
      transactionTimeoutMs: timeoutMs,
      ...wanted,
    })
    if (answer.errorCode === 0) this.producer = answer
    this.#sequences.clear()
    return answer.errorCode
  }

  async add(partition: number): Promise<number | undefined> {
    const answer = await this.client.call<{
      resultsByTopicV3AndBelow: { resultsByPartition: { partitionErrorCode: number }[] }[]
    }>('AddPartitionsToTxn', 3, {
      v3AndBelowTransactionalId: transactionalId,
      v3AndBelowProducerId: this.producer.producerId,
      v3AndBelowProducerEpoch: this.producer.producerEpoch,
      v3AndBelowTopics: [{ name: 't', partitions: [partition] }],
    })
    return answer.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode
  }

  async write(value: string, partition = 0): Promise<number | undefined> {
    const baseSequence = this.#sequences.get(partition) ?? 0
    const batch = batchBytes({ values: [value], ...this.producer, baseSequence, attributes: transactional })
    const answer = await this.client.call<{
      responses: { partitionResponses: { errorCode: number }[] }[]
    }>('Produce', 9, {
      transactionalId,
      acks: -1,
      timeoutMs: 1_000,
      topicData: [{ name: 't', partitionData: [{ index: partition, records: [batch] }] }],
    })
    const errorCode = answer.responses[0]?.partitionResponses[0]?.errorCode
    if (errorCode === 0) this.#sequences.set(partition, baseSequence + 1)
    return errorCode
  }

  async end(committed: boolean): Promise<number> {
    const request = { transactionalId, ...this.producer, committed }
    return (await this.client.call<{ errorCode: number }>('EndTxn', 3, request)).errorCode
  }

  async offsets(groupId: string, offset: number): Promise<number | undefined> {
    const claim = { transactionalId, ...this.producer }
    const added = await this.client.call<{ errorCode: number }>('AddOffsetsToTxn', 3, { ...claim, groupId })
    if (added.errorCode !== 0) return added.errorCode
    const partition = {
      partitionIndex: 0,
      committedOffset: offset,
      committedLeaderEpoch: -1,
      committedMetadata: null,
    }
    const answer = await this.client.call<{ topics: { partitions: { errorCode: number }[] }[] }>(
      'TxnOffsetCommit',
      3,
      {
        ...claim,
        groupId,
        generationId: -1,
        memberId: '',
        groupInstanceId: null,
        topics: [{ name: 't', partitions: [partition] }],
      },
    )
    return answer.topics[0]?.partitions[0]?.errorCode
  }
}

interface Fetched {
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly abortedTransactions: readonly { producerId: number; firstOffset: number }[] | null
  readonly records: Uint8Array
}

async function fetch(client: RawClient, isolationLevel: 0 | 1, fetchOffset = 0): Promise<Fetched> {
  const answer = await client.call<{ responses: { partitions: Fetched[] }[] }>('Fetch', 11, {
    maxWaitMs: 10,
    minBytes: 1,
    maxBytes: 10_000_000,
    isolationLevel,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 10_000_000 }] }],
    forgottenTopicsData: [],
    rackId: '',
  })
  const [partition] = answer.responses[0]?.partitions ?? []
  if (partition === undefined) throw new Error('no partition in the answer')
  return partition
}

/** What a consumer of committed records makes of an answer, as Kafka's documentation tells it. */
function committedValues({ records, abortedTransactions }: Fetched): string[] {
  const values: string[] = []
  const waiting = [...(abortedTransactions ?? [])].toSorted((a, b) => a.firstOffset - b.firstOffset)
  const aborting = new Set<number>()
  for (let at = 0; at < records.byteLength;) {
    const header = readBatchHeader(records.subarray(at))
    const lastOffset = header.baseOffset + header.lastOffsetDelta
    while (waiting[0] !== undefined && waiting[0].firstOffset <= lastOffset)
      aborting.add(waiting.shift()?.producerId ?? -1)
    if (header.isControl) aborting.delete(header.producerId)
    else if (!header.isTransactional || !aborting.has(header.producerId)) {
      const section = recordsSection(records.subarray(at, at + header.sizeBytes))
      const plain = decompressAtOnce(codecNames[header.codec] ?? 'none', section, 1_000_000)
      for (const { value } of storedRecords(header, plain)) values.push(Buffer.from(value ?? []).toString())
    }
    at += header.sizeBytes
  }
  return values
}

async function withTopic(settings: Record<string, unknown> = {}): Promise<{ port: number; server: string }> {
  const { port, server } = await startTestBroker(settings)
  await createTopic(port)
  return { port, server }
}

async function createTopic(port: number): Promise<void> {
  const client = await RawClient.connect(port)
  await client.call('CreateTopics', 4, {
    topics: [{ name: 't', numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1_000,
    validateOnly: false,
  })
}

test('readers of committed records wait for the end of a transaction, and leave out what was aborted', async () => {
  const { port } = await withTopic()
  const one = await Transactions.on(port)
  expect([await one.add(0), await one.write('first'), await one.write('second')]).toEqual([0, 0, 0])
  expect(await fetch(one.client, 1)).toMatchObject({
    highWatermark: 2,
    lastStableOffset: 0,
    records: { byteLength: 0 },
  })
  expect((await fetch(one.client, 0)).records.byteLength).toBeGreaterThan(0)
  expect(await one.end(true)).toBe(0)
  expect(await fetch(one.client, 1)).toMatchObject({
    highWatermark: 3,
    lastStableOffset: 3,
    abortedTransactions: [],
  })
  expect(committedValues(await fetch(one.client, 1))).toEqual(['first', 'second'])
  expect([await one.add(0), await one.write('never'), await one.end(false)]).toEqual([0, 0, 0])
  expect([await one.add(0), await one.write('third'), await one.end(true)]).toEqual([0, 0, 0])
  const last = await fetch(one.client, 1)
  expect(last.abortedTransactions).toEqual([{ producerId: one.producer.producerId, firstOffset: 3 }])
  expect(committedValues(last)).toEqual(['first', 'second', 'third'])
  expect((await fetch(one.client, 0)).abortedTransactions).toBeNull()
  expect((await fetch(one.client, 1, 5)).abortedTransactions).toEqual([])
})

test('the end of the log is where committed records end, for those who ask so', async () => {
  const { port } = await withTopic()
  const one = await Transactions.on(port)
  await one.add(0)
  await one.write('open')
  const latest = async (isolationLevel: number): Promise<unknown> =>
    await one.client.call('ListOffsets', 4, {
      replicaId: -1,
      isolationLevel,
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1 }] }],
    })
  expect(await latest(1)).toMatchObject({ topics: [{ partitions: [{ offset: 0 }] }] })
  expect(await latest(0)).toMatchObject({ topics: [{ partitions: [{ offset: 1 }] }] })
})

test('a producer that begins anew fences the one before it and aborts its transaction', async () => {
  const { port } = await withTopic()
  const old = await Transactions.on(port)
  await old.add(0)
  await old.write('of the old one')
  const fresh = await Transactions.on(port)
  expect(fresh.producer).toMatchObject({ producerId: old.producer.producerId })
  expect(fresh.producer.producerEpoch).toBeGreaterThan(old.producer.producerEpoch)
  expect([await old.write('late'), await old.add(0), await old.end(true), await old.offsets('g', 1)]).toEqual(
    [47, 90, 90, 90],
  )
  expect([await fresh.add(0), await fresh.write('new'), await fresh.end(true)]).toEqual([0, 0, 0])
  expect(committedValues(await fetch(fresh.client, 1))).toEqual(['new'])
})

test('what does not fit the state of a transaction is refused with its code', async () => {
  const { port } = await withTopic()
  const one = await Transactions.on(port)
  expect(await one.write('outside')).toBe(48)
  expect(await one.end(true)).toBe(48)
  expect(await one.add(7)).toBe(3)
  await one.add(0)
  expect(await one.write('of a partition that is not part of it', 1)).toBe(48)
  expect(await one.write('inside')).toBe(0)
  expect([await one.end(true), await one.end(true), await one.end(false)]).toEqual([0, 0, 48])
  expect(await one.init(0)).toBe(50)
  expect(await one.init(900_001)).toBe(50)
  expect(await one.init(1_000, { producerId: 12_345, producerEpoch: 3 })).toBe(90)
  const stranger = new Transactions(one.client)
  stranger.producer = { producerId: 999, producerEpoch: 0 }
  expect([await stranger.add(0), await stranger.end(true)]).toEqual([49, 49])
  expect(await one.init(1_000, one.producer)).toBe(0)
})

test('offsets are committed with the transaction or not at all, and open ones are told as unstable', async () => {
  const { port } = await withTopic()
  const one = await Transactions.on(port)
  const committed = async (requireStable: boolean): Promise<unknown> => {
    const topics = [{ name: 't', partitionIndexes: [0] }]
    const answer = await one.client.call<{ topics: { partitions: unknown[] }[] }>('OffsetFetch', 7, {
      groupId: 'g',
      topics,
      requireStable,
    })
    return answer.topics[0]?.partitions[0]
  }
  expect(await one.offsets('g', 10)).toBe(0)
  expect(await committed(false)).toMatchObject({ committedOffset: -1, errorCode: 0 })
  expect(await committed(true)).toMatchObject({ errorCode: 88 })
  await one.end(true)
  expect(await committed(true)).toMatchObject({ committedOffset: 10, errorCode: 0 })
  await one.offsets('g', 99)
  await one.end(false)
  expect(await committed(true)).toMatchObject({ committedOffset: 10, errorCode: 0 })
})

test('a transaction that takes too long is aborted, and its producer may come back', async () => {
  const { port } = await withTopic()
  const one = await Transactions.on(port)
  expect(await one.init(100)).toBe(0)
  await one.add(0)
  await one.write('slow')
  await expect.poll(async () => (await fetch(one.client, 1)).lastStableOffset, { timeout: 10_000 }).toBe(2)
  expect(committedValues(await fetch(one.client, 1))).toEqual([])
  expect(await one.end(true)).toBe(90)
  expect(await one.init(60_000, one.producer)).toBe(0)
  expect([await one.add(0), await one.write('again'), await one.end(true)]).toEqual([0, 0, 0])
  expect(committedValues(await fetch(one.client, 1))).toEqual(['again'])
})

test('over kill -9 a transaction is all there or not at all', async () => {
  const directory = join(scratchFolder(), 'broker')
  const port = await freePort()
  let child = await startBroker(directory, port)
  const restart = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited(child)
    child = await startBroker(directory, port)
  }
  await createTopic(port)
  let one = await Transactions.on(port)
  const again = async (): Promise<Transactions> => {
    const { producer } = one
    const next = new Transactions(await RawClient.connect(port))
    next.producer = producer
    return next
  }
  await one.add(0)
  await one.write('committed before')
  await one.end(true)
  await one.add(0)
  await one.write('aborted before')
  await one.end(false)
  expect([await one.add(0), await one.write('open over the kill'), await one.offsets('g', 5)]).toEqual([
    0, 0, 0,
  ])
  await restart()
  one = await again()
  expect(await fetch(one.client, 1)).toMatchObject({ lastStableOffset: 4 })
  expect(committedValues(await fetch(one.client, 1))).toEqual(['committed before'])
  expect(await one.end(true)).toBe(0)
  await restart()
  one = await again()
  expect(committedValues(await fetch(one.client, 1))).toEqual(['committed before', 'open over the kill'])
  const offsets = { groupId: 'g', topics: [{ name: 't', partitionIndexes: [0] }] }
  expect(await one.client.call('OffsetFetch', 5, offsets)).toMatchObject({
    topics: [{ partitions: [{ committedOffset: 5 }] }],
  })
  // An orderly stop writes down what is open and what was aborted, too.
  expect([await one.init(), await one.add(0), await one.write('open over the stop')]).toEqual([0, 0, 0])
  child.kill('SIGTERM')
  expect(await exited(child)).toBe(0)
  child = await startBroker(directory, port)
  one = await again()
  expect(await fetch(one.client, 1)).toMatchObject({ lastStableOffset: 6 })
  expect(committedValues(await fetch(one.client, 1))).toEqual(['committed before', 'open over the kill'])
}, 60_000)

test('kafkajs consumes, transforms and produces exactly once, over aborted attempts', async () => {
  const { server } = await startTestBroker({ default_partitions: 1 })
  const kafka = new kafkajs.Kafka({ brokers: [server], logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  onTestFinished(() => admin.disconnect())
  await admin.createTopics({ topics: [{ topic: 'in' }, { topic: 'out', numPartitions: 3 }] })
  const source = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await source.connect()
  onTestFinished(() => source.disconnect())
  await source.send({ topic: 'in', messages: Array.from({ length: 30 }, (_, i) => ({ value: String(i) })) })
  const producer = kafka.producer({
    transactionalId: 'double',
    maxInFlightRequests: 1,
    idempotent: true,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  onTestFinished(() => producer.disconnect())
  for (let from = 0; from < 30; from += 10) {
    for (const isLast of [false, true]) {
      const transaction = await producer.transaction()
      const messages = Array.from({ length: 10 }, (_, i) => ({
        key: String(i),
        value: String(2 * (from + i)),
      }))
      await transaction.send({ topic: 'out', messages })
      const topics = [{ topic: 'in', partitions: [{ partition: 0, offset: String(from + 10) }] }]
      await transaction.sendOffsets({ consumerGroupId: 'doublers', topics })
      await (isLast ? transaction.commit() : transaction.abort())
    }
  }
  expect(await admin.fetchOffsets({ groupId: 'doublers', topics: ['in'] })).toMatchObject([
    { partitions: [{ offset: '30' }] },
  ])
  const seen: number[] = []
  const consumer = kafka.consumer({ groupId: 'readers', readUncommitted: false })
  await consumer.connect()
  onTestFinished(() => consumer.disconnect())
  await consumer.subscribe({ topic: 'out', fromBeginning: true })
  await consumer.run({ eachMessage: ({ message }) => Promise.resolve(void seen.push(Number(message.value))) })
  await expect.poll(() => seen.length, { timeout: 30_000 }).toBe(30)
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => 2 * i))
}, 60_000)
