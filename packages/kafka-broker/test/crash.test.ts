import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from '@beamtime/service-kit/testing'
import { expect, onTestFinished, test } from 'vitest'
import { ByteReader } from '../src/core/byte-reader.ts'
import { readBatchHeader } from '../src/core/record-batch.ts'
import { batchBytes } from './batch-builder.ts'
import { RawClient } from './broker-bench.ts'
import { scratchFolder } from './log-bench.ts'

function startBroker(directory: string, port: number): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'crash-broker.ts'), [directory, String(port)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    child.once('message', () => resolve(child))
    child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)))
  })
}

/** An idempotent producer of numbered batches that repeats each one, with the same sequence, until it is acknowledged. */
class Writer {
  readonly #port: number
  #client: RawClient | null = null
  #producerId = -1
  next = 0

  constructor(port: number) {
    this.#port = port
  }

  async #connected(): Promise<RawClient> {
    this.#client ??= await RawClient.connect(this.#port)
    if (this.#producerId < 0) {
      const request = { transactionalId: null, transactionTimeoutMs: 1, producerId: -1, producerEpoch: -1 }
      const answer = (await this.#client.call('InitProducerId', 4, request)) as { producerId: number }
      this.#producerId = answer.producerId
    }
    return this.#client
  }

  /** Sends the batch with the next ten numbers and commits the offset after it. */
  async step(): Promise<void> {
    try {
      const client = await this.#connected()
      const values = Array.from({ length: 10 }, (_, i) => String(this.next + i))
      const records = [
        batchBytes({ values, producerId: this.#producerId, producerEpoch: 0, baseSequence: this.next }),
      ]
      const produced = (await client.call('Produce', 9, {
        acks: -1,
        timeoutMs: 1_000,
        transactionalId: null,
        topicData: [{ name: 'crash', partitionData: [{ index: 0, records }] }],
      })) as unknown as { responses: { partitionResponses: { errorCode: number; baseOffset: number }[] }[] }
      const [outcome] = produced.responses[0]?.partitionResponses ?? []
      expect(outcome).toMatchObject({ errorCode: 0, baseOffset: this.next })
      this.next += 10
      await client.call('OffsetCommit', 7, {
        groupId: 'crash-group',
        generationIdOrMemberEpoch: -1,
        memberId: '',
        groupInstanceId: null,
        topics: [
          {
            name: 'crash',
            partitions: [
              {
                partitionIndex: 0,
                committedOffset: this.next,
                committedLeaderEpoch: -1,
                committedMetadata: null,
              },
            ],
          },
        ],
      })
    } catch (error) {
      if (error instanceof Error && /closed|ECONNREFUSED|ECONNRESET/.test(error.message)) {
        this.#client = null
        await new Promise((resolve) => setTimeout(resolve, 5))
      } else throw error
    }
  }
}

async function readNumbers(port: number): Promise<number[]> {
  const client = await RawClient.connect(port)
  const numbers: number[] = []
  for (;;) {
    const answer = (await client.call('Fetch', 11, {
      maxWaitMs: 10,
      minBytes: 1,
      maxBytes: 10_000_000,
      isolationLevel: 0,
      sessionId: 0,
      sessionEpoch: -1,
      topics: [
        {
          topic: 'crash',
          partitions: [{ partition: 0, fetchOffset: numbers.length, partitionMaxBytes: 10_000_000 }],
        },
      ],
      forgottenTopicsData: [],
      rackId: '',
    })) as unknown as { responses: { partitions: { errorCode: number; records: Uint8Array }[] }[] }
    const [partition] = answer.responses[0]?.partitions ?? []
    expect(partition?.errorCode).toBe(0)
    const { records = new Uint8Array(0) } = partition ?? {}
    if (records.byteLength === 0) return numbers
    for (let at = 0; at < records.byteLength;) {
      const header = readBatchHeader(records.subarray(at))
      const reader = new ByteReader(records.subarray(at + 61, at + header.sizeBytes))
      for (let i = 0; i < header.recordsCount; i++) {
        const end = reader.varint() + reader.position
        reader.int8()
        reader.varlong()
        reader.varint()
        reader.varint()
        numbers.push(Number(reader.utf8(reader.varint())))
        reader.skip(end - reader.position)
      }
      at += header.sizeBytes
    }
  }
}

test('over kill -9 in the middle of appends every acknowledged record is there once and in order, and so is the committed offset', async () => {
  const directory = join(scratchFolder(), 'broker')
  const port = await freePort()
  let child = await startBroker(directory, port)
  const first = await RawClient.connect(port)
  await first.call('Metadata', 9, {
    topics: [{ name: 'crash' }],
    allowAutoTopicCreation: true,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  })
  const writer = new Writer(port)
  let isDone = false
  const writing = (async () => {
    while (!isDone) await writer.step()
  })()
  for (let kill = 0; kill < 6; kill++) {
    await new Promise((resolve) => setTimeout(resolve, 60 + kill * 17))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    child = await startBroker(directory, port)
  }
  const atLeast = writer.next
  while (writer.next < atLeast + 50) await new Promise((resolve) => setTimeout(resolve, 5))
  isDone = true
  await writing
  const numbers = await readNumbers(port)
  expect(numbers).toEqual(Array.from({ length: writer.next }, (_, i) => i))
  const client = await RawClient.connect(port)
  const offsets = (await client.call('OffsetFetch', 5, {
    groupId: 'crash-group',
    topics: null,
  })) as unknown as { topics: { partitions: { committedOffset: number }[] }[] }
  const committed = offsets.topics[0]?.partitions[0]?.committedOffset ?? -1
  expect(committed).toBeGreaterThanOrEqual(writer.next - 10)
  expect(committed).toBeLessThanOrEqual(writer.next)
})

test('topics, their settings and ids survive a kill right after the answer', async () => {
  const directory = join(scratchFolder(), 'broker')
  const port = await freePort()
  let child = await startBroker(directory, port)
  const metadata = {
    topics: null,
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: false,
    includeClusterAuthorizedOperations: false,
  }
  const before = await RawClient.connect(port)
  await before.call('CreateTopics', 7, {
    topics: [
      {
        name: 'kept',
        numPartitions: 3,
        replicationFactor: 1,
        assignments: [],
        configs: [{ name: 'retention.ms', value: '123456' }],
      },
    ],
    timeoutMs: 1,
    validateOnly: false,
  })
  const told = (await before.call('Metadata', 12, metadata)) as { topics: unknown }
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  child = await startBroker(directory, port)
  const after = await RawClient.connect(port)
  const again = (await after.call('Metadata', 12, metadata)) as {
    topics: { name: string; topicId: string; partitions: unknown[] }[]
  }
  expect(again.topics.map(({ name, topicId, partitions }) => [name, topicId, partitions.length])).toEqual(
    (told.topics as { name: string; topicId: string }[]).map(({ name, topicId }) => [name, topicId, 3]),
  )
  const described = await after.call('DescribeConfigs', 4, {
    resources: [{ resourceType: 2, resourceName: 'kept', configurationKeys: ['retention.ms'] }],
    includeSynonyms: false,
    includeDocumentation: false,
  })
  expect(described).toMatchObject({
    results: [{ configs: [{ name: 'retention.ms', value: '123456', configSource: 1 }] }],
  })
})
