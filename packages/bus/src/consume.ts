import { Consumer, type GroupAssignment } from '@platformatic/kafka'
import type { BusConnectionState, BusOptions, BusRecord, ConsumeOptions } from './bus.ts'
import { clientOptions, pauseMs } from './client-options.ts'
import type { BusError } from './error.ts'
import { busErrorOf } from './library-error.ts'
import { pause } from './pause.ts'
import { type BytesConsumer, type Position, readPositions } from './position-reader.ts'
import { withRefusal } from './refusal-probe.ts'

const defaultSessionMs = 30_000
const heartbeatMs = 3_000
const maxWaitMs = 5_000
const timestamps = { earliest: -2n, latest: -1n } as const

/** Consumes as a member of a group until the signal aborts. */
export async function consume(
  options: BusOptions,
  wanted: ConsumeOptions,
  closed: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([wanted.signal, closed])
  let attempt = 0
  let state: BusConnectionState | null = null
  const setState = (next: BusConnectionState): void => {
    if (next === 'connected') attempt = 0
    if (next === state) return
    state = next
    wanted.onState?.(next)
  }
  while (!signal.aborted) {
    const member = new GroupMembership(options, { ...wanted, signal }, setState)
    try {
      await member.run()
    } catch (error) {
      if (member.failure !== null) throw member.failure.error
      if (signal.aborted) break
      const doing = `consuming ${wanted.topics.join(', ')} as ${wanted.groupId}`
      const failure = await withRefusal(busErrorOf(error, doing), options)
      if (isFinal(failure)) throw failure
      setState('disconnected')
      options.log?.debug('bus.consume-retry', { group: wanted.groupId, error: failure.message })
    } finally {
      await member.close()
    }
    await pause(pauseMs(options, attempt++), signal)
  }
}

/** Whether trying again cannot help. */
function isFinal({ code }: BusError): boolean {
  return code === 'BUS_AUTHENTICATION' || code === 'BUS_REFUSED' || code === 'BUS_GROUP_BUSY'
}

interface Uncommitted {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly leaderEpoch: number
}

/** One membership: it outlives connections and rebalances, and ends when the group has to be joined from the beginning. */
class GroupMembership {
  readonly #options: BusOptions
  readonly #wanted: ConsumeOptions
  readonly #setState: (state: BusConnectionState) => void
  readonly #consumer: BytesConsumer
  /** Aborts when the assignment at hand no longer holds. */
  #assignment = new AbortController()
  #lost: Error | null = null
  failure: { readonly error: unknown } | null = null

  constructor(options: BusOptions, wanted: ConsumeOptions, setState: (state: BusConnectionState) => void) {
    this.#options = options
    this.#wanted = wanted
    this.#setState = setState
    const sessionTimeout = wanted.sessionTimeoutMs ?? defaultSessionMs
    this.#consumer = new Consumer({
      ...clientOptions(options, 'consumer'),
      groupId: wanted.groupId,
      ...(wanted.instanceId === undefined ? {} : { groupInstanceId: wanted.instanceId }),
      sessionTimeout,
      rebalanceTimeout: sessionTimeout,
      heartbeatInterval: Math.min(heartbeatMs, sessionTimeout / 3),
      autocommit: false,
    })
    this.#consumer.on('consumer:group:join', () => this.#reassign())
    this.#consumer.on('consumer:group:rebalance', () => this.#reassign())
    // Joining again did not succeed, and the library gives up on it.
    this.#consumer.on('error', (error: Error) => {
      this.#lost = error
      this.#reassign()
    })
  }

  #reassign(): void {
    this.#assignment.abort()
  }

  async run(): Promise<void> {
    const { signal, topics } = this.#wanted
    this.#consumer.topics.trackAll(...topics)
    const onAbort = (): void => this.#reassign()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await this.#consumer.joinGroup({})
      while (!signal.aborted) {
        if (this.#lost !== null) throw this.#lost
        this.#assignment = new AbortController()
        await this.#readAssignment()
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Reads what is assigned until that changes. Failures of the connection leave positions and what is to commit alone. */
  async #readAssignment(): Promise<void> {
    const ended = this.#assignment.signal
    let positions: Position[] | null = null
    const uncommitted = new Map<string, Uncommitted>()
    let attempt = 0
    while (!ended.aborted) {
      try {
        positions ??= await this.#positions(this.#consumer.assignments ?? [])
        await this.#commitAll(uncommitted)
        if (positions.length === 0) {
          this.#setState('connected')
          await aborted(ended)
          return
        }
        await readPositions({
          consumer: this.#consumer,
          connection: clientOptions(this.#options, 'fetcher'),
          positions,
          signal: ended,
          maxWaitMs,
          onAnswer: () => {
            attempt = 0
            this.#setState('connected')
          },
          onRecords: (records, position) => this.#handle(records, { position, uncommitted, ended }),
          onLost: ({ topic, partition, offset }, newOffset) => {
            const fields = { topic, partition, wanted: Number(offset), next: Number(newOffset) }
            this.#options.log?.warn('bus.records-lost', fields)
          },
        })
        if (this.failure !== null) throw this.failure.error
      } catch (error) {
        if (this.failure !== null || this.#wanted.signal.aborted || this.#lost !== null) throw error
        const failure = busErrorOf(error, 'reading')
        if (failure.code === 'BUS_AUTHENTICATION' || failure.code === 'BUS_GROUP_BUSY') throw failure
        // A topic that was deleted and made anew has another id and other offsets.
        if (failure.code === 'BUS_TOPIC_UNKNOWN') positions = null
        // The membership stays: heartbeats go on by themselves as soon as the broker is back.
        this.#setState('disconnected')
        this.#options.log?.debug('bus.consume-retry', { group: this.#wanted.groupId, error: failure.message })
        this.#consumer.clearMetadata()
        await pause(pauseMs(this.#options, attempt++), AbortSignal.any([ended, this.#wanted.signal]))
      }
    }
  }

  async #handle(
    records: readonly BusRecord[],
    at: { position: Position; uncommitted: Map<string, Uncommitted>; ended: AbortSignal },
  ): Promise<void> {
    if (at.ended.aborted) return
    const { topic, partition } = at.position
    let handled: void | number
    try {
      handled = await this.#wanted.onBatch({ topic, partition, records })
    } catch (error) {
      this.failure = { error }
      throw error
    }
    const last = records[Math.min(handled ?? records.length, records.length) - 1]
    if (last === undefined) return
    // Handled for good: when the commit fails, it is tried again, and the records are not read again.
    at.position.offset = last.offset + 1n
    at.uncommitted.set(`${topic}:${partition}`, {
      topic,
      partition,
      offset: last.offset + 1n,
      leaderEpoch: -1,
    })
    await this.#commitAll(at.uncommitted)
  }

  async #commitAll(uncommitted: Map<string, Uncommitted>): Promise<void> {
    if (uncommitted.size === 0) return
    await this.#consumer.commit({ offsets: [...uncommitted.values()] })
    uncommitted.clear()
  }

  async #positions(assigned: readonly GroupAssignment[]): Promise<Position[]> {
    if (assigned.length === 0) return []
    const topics = assigned.map(({ topic, partitions }) => ({ topic, partitions: [...partitions] }))
    const metadata = await this.#consumer.metadata({
      topics: topics.map(({ topic }) => topic),
      forceUpdate: true,
    })
    const committed = await this.#consumer.listCommittedOffsets({ topics })
    const positions: Position[] = []
    for (const { topic, partitions } of topics) {
      const starts = await this.#consumer.listOffsets({
        topics: [topic],
        partitions: { [topic]: partitions },
        timestamp: timestamps[this.#wanted.from],
      })
      for (const partition of partitions) {
        const own = committed.get(topic)?.[partition] ?? -1n
        const offset = own >= 0n ? own : (starts.get(topic)?.[partition] ?? 0n)
        positions.push({ topic, topicId: metadata.topics.get(topic)?.id ?? '', partition, offset })
      }
    }
    return positions
  }

  async close(): Promise<void> {
    try {
      await this.#consumer.close(true)
    } catch (error) {
      // Leaving the group failed: the broker removes the member when its session is over.
      this.#options.log?.debug('bus.leave-failed', {
        group: this.#wanted.groupId,
        error: busErrorOf(error, 'leaving').message,
      })
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
