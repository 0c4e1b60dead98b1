import { type MessageToProduce, ProduceAcks, type Producer } from '@platformatic/kafka'
import type { BusCompression, BusOptions, Delivery } from './bus.ts'
import { BusError } from './error.ts'
import { busErrorOf } from './library-error.ts'
import { partitionCount } from './topic-metadata.ts'

/** A record in the form of the library. */
export interface LaneRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Map<Buffer, Buffer>
  readonly timestampMs: number
  readonly sizeBytes: number
}

export interface LaneOptions {
  readonly topic: string
  readonly partition: number
  readonly lingerMs: number
  readonly deliveryTimeoutMs: number
  readonly compression: BusCompression
  readonly bus: BusOptions
  /** Aborts when the producer closes. */
  readonly signal: AbortSignal
  /** Nothing waits any more; the lane may be forgotten. */
  readonly onIdle: () => void
}

interface Waiting {
  readonly record: LaneRecord
  readonly sinceMs: number
  readonly resolve: (delivery: Delivery) => void
  readonly reject: (error: unknown) => void
}

export function deliveryTimeout(topic: string, timeoutMs: number): BusError {
  return new BusError({
    code: 'BUS_DELIVERY_TIMEOUT',
    message: `${topic} did not acknowledge within ${timeoutMs} ms`,
    fault: 'environment',
    remedy:
      'Start the broker, or correct bus.bootstrap_servers. The records may or may not have been written.',
    canRetry: true,
  })
}

/** Bound of one request. A single record may be larger. */
const maxRequestBytes = 1_048_576
const maxRequestRecords = 10_000

/* One partition of one producer: a single request is under way, and what comes meanwhile goes together in the next one. So
 * order needs no thought about retries, and a retry repeats exactly the batch that may have been written already. */
export class PartitionLane {
  readonly #producer: Producer<Buffer, Buffer, Buffer, Buffer>
  readonly #options: LaneOptions
  #queue: Waiting[] = []
  #sending: readonly Waiting[] = []
  #isRunning = false
  #isAbandoned = false

  constructor(producer: Producer<Buffer, Buffer, Buffer, Buffer>, options: LaneOptions) {
    this.#producer = producer
    this.#options = options
  }

  send(record: LaneRecord): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ record, sinceMs: Date.now(), resolve, reject })
      if (this.#isRunning) return
      this.#isRunning = true
      // Records of the same turn of the event loop share the first request.
      if (this.#options.lingerMs > 0) setTimeout(() => void this.#run(), this.#options.lingerMs)
      else queueMicrotask(() => void this.#run())
    })
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 && !this.#isAbandoned) {
      const group = this.#takeGroup()
      this.#sending = group
      const expired = { isSo: false }
      const timer = this.#watch(group, expired)
      try {
        const { topic, bus, signal } = this.#options
        await partitionCount(this.#producer, topic, { options: bus, signal, isOver: () => expired.isSo })
        await this.#sendGroup(group)
      } catch (error) {
        const failure = busErrorOf(error, `sending to ${this.#options.topic}`)
        for (const { reject } of group) reject(failure)
      } finally {
        clearTimeout(timer)
      }
    }
    this.#isRunning = false
    this.#sending = []
    this.#options.onIdle()
  }

  #takeGroup(): readonly Waiting[] {
    let bytes = 0
    let count = 0
    for (const { record } of this.#queue) {
      if (count > 0 && (bytes + record.sizeBytes > maxRequestBytes || count >= maxRequestRecords)) break
      bytes += record.sizeBytes
      count++
    }
    return this.#queue.splice(0, count)
  }

  /** When the time is over, senders are told; a request that is under way goes on, because it may have been written. */
  #watch(group: readonly Waiting[], expired: { isSo: boolean }): NodeJS.Timeout | undefined {
    const { deliveryTimeoutMs, topic } = this.#options
    const [first] = group
    if (deliveryTimeoutMs === 0 || first === undefined) return undefined
    const leftMs = Math.max(0, first.sinceMs + deliveryTimeoutMs - Date.now())
    return setTimeout(() => {
      expired.isSo = true
      const error = deliveryTimeout(topic, deliveryTimeoutMs)
      for (const { reject } of [...group, ...this.#queue.splice(0)]) reject(error)
    }, leftMs)
  }

  async #sendGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const baseOffset = await this.#produce(group)
      const { partition } = this.#options
      for (const [i, { resolve }] of group.entries()) resolve({ partition, offset: baseOffset + BigInt(i) })
    } catch (error) {
      // The batch is refused as a whole; without the one record that is too large the others go through.
      if (group.length === 1 || busErrorOf(error, '').code !== 'BUS_RECORD_TOO_LARGE') throw error
      for (const one of group)
        await this.#sendGroup([one]).catch((failure: unknown) => one.reject(busErrorOf(failure, 'sending')))
    }
  }

  async #produce(group: readonly Waiting[]): Promise<bigint> {
    const { topic, partition, compression } = this.#options
    const messages = group.map(({ record }) => {
      const { key, value, headers, timestampMs } = record
      const message: MessageToProduce<Buffer, Buffer, Buffer, Buffer> = {
        topic,
        partition,
        timestamp: BigInt(timestampMs),
        headers,
      }
      if (key !== null) message.key = key
      if (value !== null) message.value = value
      return message
    })
    const { offsets } = await this.#producer.send({ messages, compression, acks: ProduceAcks.ALL })
    const written = offsets?.find((one) => one.topic === topic && one.partition === partition)
    if (written === undefined) {
      throw new BusError({
        code: 'BUS_REFUSED',
        message: `${topic} has no partition ${partition}`,
        fault: 'caller',
        remedy: 'Send to a partition that the topic has.',
      })
    }
    return written.offset
  }

  abandon(error: BusError): void {
    this.#isAbandoned = true
    for (const { reject } of [...this.#sending, ...this.#queue.splice(0)]) reject(error)
  }
}
