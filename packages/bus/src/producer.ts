import { murmur2, Producer } from '@platformatic/kafka'
import type {
  BusCompression,
  BusOptions,
  BusProducer,
  Delivery,
  OutgoingRecord,
  ProducerOptions,
} from './bus.ts'
import { clientOptions, pauseMs } from './client-options.ts'
import { BusError } from './error.ts'
import { deliveryTimeout, type LaneRecord, PartitionLane } from './partition-lane.ts'
import { partitionCount } from './topic-metadata.ts'

const defaults = {
  idempotent: true,
  lingerMs: 0,
  maxInFlightBytes: 33_554_432,
  deliveryTimeoutMs: 120_000,
  compression: 'none' as BusCompression,
}
const recordOverheadBytes = 64
/** How long the number of partitions of a topic is taken for granted. */
const countValidMs = 10_000

function closedError(): BusError {
  return new BusError({
    code: 'BUS_CLOSED',
    message: 'the producer is closed',
    fault: 'caller',
    remedy: 'Open a new producer.',
  })
}

/** A producer whose records keep their order per partition and are never doubled by a retry. */
export class OrderedProducer implements BusProducer {
  readonly #options: BusOptions
  readonly #settings: Required<ProducerOptions>
  readonly #producer: Producer<Buffer, Buffer, Buffer, Buffer>
  readonly #lanes = new Map<string, PartitionLane>()
  readonly #counts = new Map<string, { readonly count: number; readonly atMs: number }>()
  /** Next partition for records without a key, by topic. */
  readonly #turns = new Map<string, number>()
  /** Partition choices go one after another, so that records keep their order while metadata is fetched. */
  #choosing: Promise<unknown> = Promise.resolve()
  #choosingCount = 0
  #inFlightBytes = 0
  #waiting: (() => void)[] = []
  readonly #closing = new AbortController()
  #closed: Promise<void> | null = null

  constructor(options: BusOptions, settings: ProducerOptions) {
    this.#options = options
    this.#settings = { ...defaults, ...settings }
    this.#producer = new Producer({
      ...clientOptions(options, 'producer'),
      idempotent: this.#settings.idempotent,
      // The library repeats a request with the same sequence numbers, which is what makes retries safe; how long, says the lane.
      retries: Number.MAX_SAFE_INTEGER,
      retryDelay: (_client, _operation, attempt) => pauseMs(options, attempt - 1),
    })
    this.#producer.on('error', () => undefined) // each failure also rejects the send that it belongs to
  }

  async send(record: OutgoingRecord): Promise<Delivery> {
    const [delivery] = await this.sendBatch([record])
    if (delivery === undefined) throw closedError()
    return delivery
  }

  async sendBatch(records: readonly OutgoingRecord[]): Promise<readonly Delivery[]> {
    if (this.#closed !== null) throw closedError()
    const prepared = records.map(prepare)
    const bytes = prepared.reduce((sum, record) => sum + record.sizeBytes, 0)
    await this.#makeRoom(bytes)
    try {
      const partitions = await this.#choosePartitions(prepared)
      return await Promise.all(
        prepared.map((record, i) => this.#lane(record.topic, partitions[i] ?? 0).send(record)),
      )
    } finally {
      this.#inFlightBytes -= bytes
      for (const resume of this.#waiting.splice(0)) resume()
    }
  }

  /** Waits while too much is in flight. One batch alone may be larger than the limit. */
  async #makeRoom(bytes: number): Promise<void> {
    while (this.#inFlightBytes > 0 && this.#inFlightBytes + bytes > this.#settings.maxInFlightBytes) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    if (this.#closed !== null) throw closedError()
    this.#inFlightBytes += bytes
  }

  #lane(topic: string, partition: number): PartitionLane {
    const key = `${topic}:${partition}`
    let lane = this.#lanes.get(key)
    if (lane === undefined) {
      const { lingerMs, deliveryTimeoutMs, compression } = this.#settings
      const place = { topic, partition }
      lane = new PartitionLane(this.#producer, {
        ...place,
        bus: this.#options,
        signal: this.#closing.signal,
        lingerMs,
        deliveryTimeoutMs,
        compression,
        onIdle: () => this.#lanes.delete(key),
      })
      this.#lanes.set(key, lane)
    }
    return lane
  }

  /** Resolves in the order of the calls. */
  #choosePartitions(records: readonly PreparedRecord[]): Promise<readonly number[]> {
    const isReady = this.#choosingCount === 0 && records.every((record) => record.partition !== null)
    if (isReady) return Promise.resolve(records.map((record) => record.partition ?? 0))
    this.#choosingCount++
    const chosen = this.#choosing.then(() => this.#choose(records)).finally(() => this.#choosingCount--)
    this.#choosing = chosen.catch(() => undefined) // its own caller has the error
    return chosen
  }

  async #choose(records: readonly PreparedRecord[]): Promise<readonly number[]> {
    const counts = new Map<string, number>()
    for (const { topic, partition } of records) {
      if (partition === null && !counts.has(topic)) counts.set(topic, await this.#partitionCount(topic))
    }
    return records.map(({ topic, partition, key }) => {
      if (partition !== null) return partition
      const count = counts.get(topic) ?? 1
      // The partition that Java's and kafkajs' default partitioners choose for the key.
      if (key !== null) return (murmur2(key) & 0x7fff_ffff) % count
      const turn = this.#turns.get(topic) ?? 0
      this.#turns.set(topic, turn + 1)
      return turn % count
    })
  }

  async #partitionCount(topic: string): Promise<number> {
    const known = this.#counts.get(topic)
    const nowMs = Date.now()
    if (known !== undefined && nowMs - known.atMs < countValidMs) return known.count
    const { deliveryTimeoutMs } = this.#settings
    const isOver = (): boolean => deliveryTimeoutMs > 0 && Date.now() - nowMs >= deliveryTimeoutMs
    const signal = this.#closing.signal
    try {
      const count = await partitionCount(this.#producer, topic, { options: this.#options, signal, isOver })
      this.#counts.set(topic, { count, atMs: nowMs })
      return count
    } catch (error) {
      if (signal.aborted) throw closedError()
      throw isOver() ? deliveryTimeout(topic, deliveryTimeoutMs) : error
    }
  }

  async flush(): Promise<void> {
    while (this.#inFlightBytes > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  close(): Promise<void> {
    this.#closed ??= this.#shutDown()
    return this.#closed
  }

  async #shutDown(): Promise<void> {
    await this.flush()
    await this.#release()
  }

  async #release(): Promise<void> {
    this.#closing.abort()
    await this.#producer.close(true).catch(() => undefined) // a connection that is gone already is closed
  }

  /** Gives up what is waiting; its senders get BUS_CLOSED. */
  async abandon(): Promise<void> {
    this.#closed ??= Promise.resolve()
    for (const lane of this.#lanes.values()) lane.abandon(closedError())
    await this.#release()
  }
}

interface PreparedRecord extends LaneRecord {
  readonly topic: string
  readonly partition: number | null
}

function bytesOf(value: Uint8Array | string): Buffer {
  return typeof value === 'string'
    ? Buffer.from(value)
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}

function prepare(record: OutgoingRecord): PreparedRecord {
  const key = record.key === undefined || record.key === null ? null : bytesOf(record.key)
  const value = record.value === null ? null : bytesOf(record.value)
  const headers =
    record.headers?.map((header) => [Buffer.from(header.key), bytesOf(header.value)] as const) ?? []
  const headerBytes = headers.reduce((sum, [name, content]) => sum + name.byteLength + content.byteLength, 0)
  return {
    topic: record.topic,
    partition: record.partition ?? null,
    key,
    value,
    headers: new Map(headers),
    timestampMs: record.timestampMs ?? Date.now(),
    sizeBytes: (key?.byteLength ?? 0) + (value?.byteLength ?? 0) + headerBytes + recordOverheadBytes,
  }
}
