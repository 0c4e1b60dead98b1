import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { ByteReader } from '../src/core/byte-reader.ts'
import { readBatchHeader } from '../src/core/record-batch.ts'
import { batchBytes } from './batch-builder.ts'
import { RawClient } from './broker-bench.ts'

/** A broker that can be killed. `inside` is a command that runs it, with its own arguments. */
export function startBroker(
  directory: string,
  port: number,
  inside: readonly string[] = [],
): Promise<ChildProcess> {
  const program = [process.execPath, join(import.meta.dirname, 'crash-broker.ts'), directory, String(port)]
  const [command = '', ...args] = [...inside, ...program]
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    child.once('message', () => resolve(child))
    child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)))
  })
}

/** An idempotent producer of numbered batches that repeats each one, with the same sequence, until it is acknowledged. */
export class NumberWriter {
  readonly #port: number
  readonly #index: number
  #client: RawClient | null = null
  #producerId = -1
  next = 0

  readonly #padding: string

  constructor(port: number, index = 0, paddingBytes = 0) {
    this.#port = port
    this.#index = index
    this.#padding = ' '.repeat(paddingBytes)
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

  /** Sends the batch with the next ten numbers and commits the offset after it; false when the disk is full. */
  async step(): Promise<boolean> {
    try {
      const client = await this.#connected()
      const values = Array.from({ length: 10 }, (_, i) => `${this.next + i}${this.#padding}`)
      const records = [
        batchBytes({ values, producerId: this.#producerId, producerEpoch: 0, baseSequence: this.next }),
      ]
      const produced = (await client.call('Produce', 9, {
        acks: -1,
        timeoutMs: 1_000,
        transactionalId: null,
        topicData: [{ name: 'crash', partitionData: [{ index: this.#index, records }] }],
      })) as unknown as { responses: { partitionResponses: { errorCode: number; baseOffset: number }[] }[] }
      const [outcome] = produced.responses[0]?.partitionResponses ?? []
      if (outcome?.errorCode === 56) return false
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
                partitionIndex: this.#index,
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
    return true
  }
}

/** All numbers of a partition of topic `crash`. */
export async function readNumbers(port: number, index = 0): Promise<number[]> {
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
          partitions: [{ partition: index, fetchOffset: numbers.length, partitionMaxBytes: 10_000_000 }],
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

/** Makes topic `crash`. */
export async function createCrashTopic(port: number, partitions: number): Promise<void> {
  const client = await RawClient.connect(port)
  await client.call('CreateTopics', 7, {
    topics: [
      { name: 'crash', numPartitions: partitions, replicationFactor: 1, assignments: [], configs: [] },
    ],
    timeoutMs: 1_000,
    validateOnly: false,
  })
}

export function exited(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('exit', resolve))
}
