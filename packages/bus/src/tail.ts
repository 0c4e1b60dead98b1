import { randomUUID } from 'node:crypto'
import { Consumer, type ClusterTopicMetadata } from '@platformatic/kafka'
import type { BusConnectionState, BusOptions, TailFrom, TailOptions } from './bus.ts'
import { clientOptions, pauseMs } from './client-options.ts'
import type { BusError } from './error.ts'
import { busErrorOf, isUnknownTopic } from './library-error.ts'
import { pause } from './pause.ts'
import { type BytesConsumer, type Position, readPositions } from './position-reader.ts'
import { withRefusal } from './refusal-probe.ts'

const latest = -1n
const earliest = -2n
/** Longest wait of one fetch. An idle tail asks the broker this often, no more. */
const maxWaitMs = 5_000
/** How often new partitions are looked for. */
const partitionCheckMs = 30_000
/** How often a topic that does not exist yet is looked for. */
const absentTopicMs = 250

/** An error that waiting does not mend. */
function isFatal(error: BusError): boolean {
  return error.code === 'BUS_AUTHENTICATION' || error.code === 'BUS_TOPIC_INVALID'
}

/** Reads a topic without a group until the signal aborts. */
export async function tail(options: BusOptions, wanted: TailOptions, closed: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([wanted.signal, closed])
  const reader = new Tail(options, { ...wanted, signal })
  await reader.run()
}

class Tail {
  readonly #options: BusOptions
  readonly #wanted: TailOptions
  readonly #consumer: BytesConsumer
  #positions: Position[] = []
  #topicId: string | null = null
  /** The topic was not there when we first looked, or was deleted since: what comes is new, so it is read from its beginning. */
  #wasAbsent = false
  #state: BusConnectionState | null = null
  #attempt = 0
  /** What the caller's own onRecords threw. */
  #failure: { readonly error: unknown } | null = null

  constructor(options: BusOptions, wanted: TailOptions) {
    this.#options = options
    this.#wanted = wanted
    this.#consumer = new Consumer({ ...clientOptions(options, 'tail'), groupId: `tail-${randomUUID()}` })
    this.#consumer.on('error', () => undefined) // each failure also rejects the call that it belongs to
    this.#consumer.topics.track(wanted.topic)
  }

  async run(): Promise<void> {
    const { signal } = this.#wanted
    const onAbort = (): void => void this.#consumer.close(true).catch(() => undefined) // ends a fetch that waits
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      while (!signal.aborted) await this.#round()
    } finally {
      signal.removeEventListener('abort', onAbort)
      await this.#consumer.close(true).catch(() => undefined)
    }
  }

  async #round(): Promise<void> {
    const { signal } = this.#wanted
    try {
      const metadata = await this.#findTopic()
      if (metadata === null) {
        this.#setState('connected')
        this.#attempt = 0
        await pause(absentTopicMs, signal)
        return
      }
      await this.#prepare(metadata)
      this.#setState('connected')
      await this.#read()
      if (this.#failure !== null) throw this.#failure.error
    } catch (error) {
      if (this.#failure !== null) throw this.#failure.error
      if (signal.aborted) return
      const failure = await withRefusal(busErrorOf(error, `reading ${this.#wanted.topic}`), this.#options)
      if (isFatal(failure)) throw failure
      this.#setState('disconnected')
      this.#options.log?.debug('bus.tail-retry', { topic: this.#wanted.topic, error: failure.message })
      this.#consumer.clearMetadata()
      await pause(pauseMs(this.#options, this.#attempt++), signal)
    }
  }

  #setState(state: BusConnectionState): void {
    if (state === this.#state) return
    this.#state = state
    this.#wanted.onState?.(state)
  }

  async #findTopic(): Promise<ClusterTopicMetadata | null> {
    const { topic } = this.#wanted
    try {
      const metadata = await this.#consumer.metadata({ topics: [topic], forceUpdate: true })
      return metadata.topics.get(topic) ?? null
    } catch (error) {
      if (!isUnknownTopic(error)) throw error
      this.#wasAbsent = true
      return null
    }
  }

  /** Finds the first offsets, once per partition; a topic that was made anew starts over. */
  async #prepare(metadata: ClusterTopicMetadata): Promise<void> {
    const { topic, from } = this.#wanted
    if (this.#topicId !== null && this.#topicId !== metadata.id) {
      this.#positions = []
      this.#wasAbsent = true
    }
    const isFirst = this.#topicId !== metadata.id
    const partitions =
      this.#wanted.partitions ?? Array.from({ length: metadata.partitionsCount }, (_, i) => i)
    const fresh = partitions.filter(
      (partition) =>
        partition < metadata.partitionsCount && !this.#positions.some((one) => one.partition === partition),
    )
    if (fresh.length > 0) {
      // Partitions that were added later are new as a whole.
      const start = isFirst && !this.#wasAbsent ? from : 'earliest'
      const offsets = await this.#startOffsets(start, fresh)
      for (const partition of fresh) {
        this.#positions.push({ topic, topicId: metadata.id, partition, offset: offsets.get(partition) ?? 0n })
      }
    }
    this.#topicId = metadata.id
  }

  async #startOffsets(from: TailFrom, partitions: readonly number[]): Promise<Map<number, bigint>> {
    const { topic } = this.#wanted
    const lookUp = async (timestamp: bigint): Promise<readonly bigint[]> => {
      const found = await this.#consumer.listOffsets({
        topics: [topic],
        partitions: { [topic]: [...partitions] },
        timestamp,
      })
      return found.get(topic) ?? []
    }
    const pick = (offsets: readonly bigint[]): Map<number, bigint> =>
      new Map(partitions.map((partition) => [partition, offsets[partition] ?? 0n]))
    if (from === 'earliest') return pick(await lookUp(earliest))
    if (from === 'latest') return pick(await lookUp(latest))
    if ('offset' in from) return new Map(partitions.map((partition) => [partition, from.offset]))
    if ('last' in from) {
      const [starts, ends] = [pick(await lookUp(earliest)), pick(await lookUp(latest))]
      const count = BigInt(Math.max(0, Math.floor(from.last)))
      return new Map(
        partitions.map((partition) => {
          const start = starts.get(partition) ?? 0n
          const wanted = (ends.get(partition) ?? 0n) - count
          return [partition, wanted > start ? wanted : start]
        }),
      )
    }
    const ends = pick(await lookUp(latest))
    const found = await lookUp(BigInt(Math.round(from.timestampMs)))
    // -1: nothing that late is there yet.
    return new Map(
      partitions.map((one) => [one, (found[one] ?? -1n) >= 0n ? (found[one] ?? 0n) : (ends.get(one) ?? 0n)]),
    )
  }

  /** Reads until something fails, or it is time to look for new partitions. */
  async #read(): Promise<void> {
    const { signal, partitions } = this.#wanted
    const recheck = new AbortController()
    const timer = partitions === undefined ? setTimeout(() => recheck.abort(), partitionCheckMs) : undefined
    try {
      await readPositions({
        consumer: this.#consumer,
        connection: clientOptions(this.#options, 'tail'),
        positions: this.#positions,
        signal: AbortSignal.any([signal, recheck.signal]),
        maxWaitMs,
        onAnswer: () => {
          this.#attempt = 0
          this.#setState('connected')
        },
        onRecords: async (records) => {
          try {
            await this.#wanted.onRecords(records)
          } catch (error) {
            this.#failure = { error }
            throw error
          }
        },
        onLost: ({ topic, partition, offset }, newOffset) => {
          const fields = { topic, partition, wanted: Number(offset), next: Number(newOffset) }
          this.#options.log?.warn('bus.records-lost', fields)
        },
      })
    } finally {
      clearTimeout(timer)
    }
  }
}
