import type { BusAdmin } from '@beamtime/bus'
import { detectFormat, type SchemaSource } from '@beamtime/stream-formats/avro'
import type { RecordBatch } from '../batch/batch-header.ts'
import { recordsOf } from '../batch/batch-records.ts'
import { ReplayError } from '../error.ts'
import type { Position } from '../positions.ts'
import type { RecordedTopic } from '../recording/manifest.ts'
import { measure } from '../recording/partition-writer.ts'
import type { RecordingWriter } from '../recording/recording-writer.ts'
import { type FetchCursor, type FetchedBatches, fetchRound } from '../wire/batch-fetcher.ts'
import type { Cluster } from '../wire/cluster.ts'
import { earliestOffset, latestOffset } from '../wire/kafka-requests.ts'
import { pause } from '../wire/pause.ts'
import { FormatLearner } from './format-learner.ts'
import type { GroupPlace } from './group-place.ts'
import type { RecordOptions } from './record-options.ts'

export type RecordState = 'starting' | 'recording' | 'done' | 'failed'

export interface RecordProgress {
  readonly id: string
  readonly directory: string
  readonly state: RecordState
  readonly topics: readonly string[]
  /** Only the newest part is kept. */
  readonly isRing: boolean
  readonly count: number
  readonly bytes: number
  readonly elapsedMs: number
  readonly rate: { readonly msg: number; readonly bytes: number }
  /** Messages that the broker had deleted before they could be read. */
  readonly lost: number
  /** Messages on the broker that are not recorded yet. */
  readonly behind: number
  /** Why it ended; null while it goes on. */
  readonly reason: string | null
}

export interface RecorderAccess {
  readonly cluster: Cluster
  readonly admin: BusAdmin
  readonly schemas: SchemaSource | null
  /** Set when `group` is given. */
  readonly groupPlace?: GroupPlace
}

const maxWaitMs = 250
const topicCheckMs = 2_000
const retryPauseMs = 500
const configKeys = [
  'cleanup.policy',
  'retention.ms',
  'retention.bytes',
  'max.message.bytes',
  'message.timestamp.type',
  'compression.type',
  'segment.bytes',
]

interface PartitionState extends FetchCursor {
  readonly entry: RecordedTopic
  readonly first: number
  /** Offset behind the last one that is wanted. */
  end: number
  highWatermark: number
}

/** Records topics, verbatim, until something ends it. The recording on disk is valid at every moment. */
export class Recorder {
  readonly #options: RecordOptions
  readonly #access: RecorderAccess
  readonly #writer: RecordingWriter
  readonly #learner: FormatLearner
  #partitions: PartitionState[] = []
  #state: RecordState = 'starting'
  #reason: string | null = null
  #isDiscarded = false
  #lost = 0
  readonly #startedMs = performance.now()
  #lastNewsMs = performance.now()
  #checkedTopicsMs = 0
  readonly #stop = new AbortController()
  readonly #begun = Promise.withResolvers<void>()
  readonly #rates: { readonly atMs: number; readonly count: number; readonly bytes: number }[] = []

  constructor(writer: RecordingWriter, options: RecordOptions, access: RecorderAccess) {
    this.#writer = writer
    this.#options = options
    this.#access = access
    this.#learner = new FormatLearner(access.schemas)
  }

  get id(): string {
    return this.#writer.manifest.id
  }

  get directory(): string {
    return this.#writer.directory
  }

  get state(): RecordState {
    return this.#state
  }

  get topics(): readonly string[] {
    return this.#writer.manifest.topics.map(({ name }) => name)
  }

  /** Resolves when what comes from now on is recorded. */
  get begun(): Promise<void> {
    return this.#begun.promise
  }

  /** True when it failed before it began: then nothing is left on disk. */
  get isDiscarded(): boolean {
    return this.#isDiscarded
  }

  /** Ends the recording; what has been read is kept. */
  stop(): void {
    this.#stop.abort()
  }

  async saveRing(directory: string): Promise<void> {
    await this.#writer.saveRing(directory)
  }

  progress(): RecordProgress {
    const nowMs = performance.now()
    const { count, bytes } = this.#writer
    this.#rates.push({ atMs: nowMs, count, bytes })
    while (this.#rates.length > 2 && nowMs - (this.#rates[1]?.atMs ?? nowMs) >= 1_000) this.#rates.shift()
    const first = this.#rates[0] ?? { atMs: nowMs, count, bytes }
    const seconds = Math.max(1e-3, (nowMs - first.atMs) / 1_000)
    return {
      id: this.id,
      directory: this.directory,
      state: this.#state,
      topics: this.topics,
      isRing: this.#options.ring !== undefined,
      count,
      bytes,
      elapsedMs: nowMs - this.#startedMs,
      lost: this.#lost,
      rate: { msg: (count - first.count) / seconds, bytes: (bytes - first.bytes) / seconds },
      behind: this.#partitions.reduce(
        (sum, one) => sum + Math.max(0, Math.min(one.end, one.highWatermark) - one.offset),
        0,
      ),
      reason: this.#reason,
    }
  }

  /** Records. Resolves with the last progress; rejects with ReplayError, after which the recording is valid too. */
  async run(): Promise<RecordProgress> {
    try {
      await this.#addTopics()
      if (this.#partitions.length === 0 && this.#options.match === undefined)
        throw new ReplayError({
          code: 'REPLAY_TOPIC_UNKNOWN',
          message: 'nothing to record',
          remedy: 'Name a topic.',
        })
      this.#state = 'recording'
      this.#begun.resolve()
      while (this.#reason === null) {
        if (this.#stop.signal.aborted) this.#reason = 'stopped'
        else await this.#round()
      }
      this.#state = 'done'
    } catch (error) {
      this.#isDiscarded = this.#state === 'starting'
      this.#state = 'failed'
      this.#reason = error instanceof Error ? error.message : String(error)
      throw error
    } finally {
      await this.#access.groupPlace?.close()
      await this.#writer.close()
      if (this.#isDiscarded) await this.#writer.remove()
    }
    return this.progress()
  }

  async #round(): Promise<void> {
    await this.#checkTopics()
    const open = this.#partitions.filter(({ offset, end }) => offset < end)
    this.#reason = this.#endByTime(open.length)
    if (this.#reason !== null) return
    if (open.length === 0) return await pause(maxWaitMs, this.#stop.signal)
    try {
      const fetched = await fetchRound(this.#access.cluster, {
        cursors: open,
        maxWaitMs,
        lane: 'record',
        onLost: ({ offset }, nextOffset) => (this.#lost += Math.max(0, nextOffset - offset)),
      })
      for (const one of fetched) {
        await this.#accept(one)
        if (this.#reason !== null) return
      }
      await this.#access.groupPlace?.commit(open)
    } catch (error) {
      if (!(error instanceof ReplayError) || !(error.canRetry || error.code === 'REPLAY_TOPIC_UNKNOWN'))
        throw error
      // A broker that restarts, or a topic that was deleted: what comes after is recorded.
      this.#access.cluster.forgetLeaders()
      await pause(retryPauseMs, this.#stop.signal)
    }
  }

  #endByTime(openCount: number): string | null {
    const nowMs = performance.now()
    const { durationMs, idleMs, match, to } = this.#options
    if (durationMs !== undefined && nowMs - this.#startedMs >= durationMs) return 'duration'
    if (idleMs !== undefined && nowMs - this.#lastNewsMs >= idleMs) return 'idle'
    if (openCount === 0 && this.#partitions.length > 0 && to !== undefined) return 'end'
    return openCount === 0 && match === undefined ? 'end' : null
  }

  async #accept({ cursor, batches, highWatermark }: FetchedBatches): Promise<void> {
    const partition = this.#partitions.find((one) => one === cursor)
    if (partition === undefined) return
    partition.highWatermark = highWatermark
    if (batches.length === 0) return
    this.#lastNewsMs = performance.now()
    await this.#learner.learn(partition.entry, batches)
    const untilMs = this.#options.to?.kind === 'time' ? this.#options.to.timestampMs : null
    if (untilMs !== null)
      partition.end = Math.min(partition.end, endBefore(batches, untilMs) ?? partition.end)
    const wanted = this.#limit(partition, batches)
    await this.#writer.append(partition, wanted.batches, { first: partition.first, last: wanted.last })
    if (wanted.reason !== null) this.#reason = wanted.reason
  }

  /** How much of what came is wanted: count, bytes and run stop end a recording in the middle of a batch. */
  #limit(
    partition: PartitionState,
    batches: readonly RecordBatch[],
  ): { readonly batches: readonly RecordBatch[]; readonly last: number; readonly reason: string | null } {
    const { count = Infinity, bytes = Infinity, untilRunStop = false } = this.#options
    const last = partition.end - 1
    let counted = this.#writer.count
    let size = this.#writer.bytes
    for (const [index, batch] of batches.entries()) {
      const upTo = batches.slice(0, index + 1)
      if (batch.header.baseOffset > last) return { batches: batches.slice(0, index), last, reason: null }
      const within = measure(batch, { first: partition.first, last }).count
      if (counted + within >= count) {
        const records = recordsOf(batch).filter(({ offset }) => offset >= partition.first && offset <= last)
        return { batches: upTo, last: records[count - counted - 1]?.offset ?? last, reason: 'count' }
      }
      const stopOffset = untilRunStop ? runStopOf(batch, partition.first) : null
      if (stopOffset !== null && stopOffset <= last)
        return { batches: upTo, last: stopOffset, reason: 'run stop' }
      counted += within
      size += batch.bytes.length
      if (size >= bytes) return { batches: upTo, last, reason: 'bytes' }
    }
    return { batches, last, reason: null }
  }

  async #checkTopics(): Promise<void> {
    if (this.#options.match === undefined) return
    if (performance.now() - this.#checkedTopicsMs < topicCheckMs) return
    await this.#addTopics().catch((error: unknown) => {
      if (!(error instanceof ReplayError) || !error.canRetry) throw error
    })
  }

  async #addTopics(): Promise<void> {
    const isFirst = this.#checkedTopicsMs === 0
    this.#checkedTopicsMs = performance.now()
    const { match, topics } = this.#options
    const known = new Set(this.topics)
    const matching =
      match === undefined ? [] : (await this.#access.cluster.topicNames()).filter((name) => match.test(name))
    for (const name of new Set([...topics, ...matching]))
      if (!known.has(name)) await this.#addTopic(name, isFirst)
  }

  async #addTopic(name: string, isFirst: boolean): Promise<void> {
    const { cluster, admin } = this.#access
    const starts = await cluster.offsets(name, earliestOffset)
    const ends = await cluster.offsets(name, latestOffset)
    const described = await admin.describeTopic(name).catch(() => null) // may need rights that reading does not
    const config = Object.fromEntries(
      configKeys.flatMap((key) => {
        const value = described?.configs[key]
        return value === null || value === undefined ? [] : [[key, value] as const]
      }),
    )
    const entry = await this.#writer.addTopic({
      name,
      topicId: described?.id ?? '',
      partitions: starts.size,
      config,
    })
    // A topic that comes later is new as a whole.
    const from = isFirst ? await this.#offsetsAt(name, this.#options.from ?? { kind: 'latest' }) : starts
    const to = this.#options.to === undefined ? null : await this.#ends(name, this.#options.to, ends)
    const committed = (await this.#access.groupPlace?.committed(name)) ?? new Map<number, number>()
    for (const [partition, start] of starts) {
      const begin = committed.get(partition) ?? from.get(partition) ?? start
      const end = to?.get(partition) ?? Infinity
      const latest = ends.get(partition) ?? start
      const offset = Math.max(start, begin < 0 ? latest : begin)
      this.#partitions.push({
        topic: name,
        partition,
        entry,
        offset,
        first: offset,
        end,
        highWatermark: latest,
      })
    }
  }

  async #offsetsAt(topic: string, position: Position): Promise<ReadonlyMap<number, number>> {
    const { cluster } = this.#access
    if (position.kind === 'earliest') return await cluster.offsets(topic, earliestOffset)
    const latest = await cluster.offsets(topic, latestOffset)
    if (position.kind === 'offset')
      return new Map([...latest].map(([partition]) => [partition, position.offset]))
    const timestampMs = timeOf(position)
    if (timestampMs === null) return latest
    // -1: nothing that late is there yet.
    const found = await cluster.offsets(topic, timestampMs)
    return new Map(
      [...latest].map(([partition, end]) => [
        partition,
        (found.get(partition) ?? -1) < 0 ? end : (found.get(partition) ?? end),
      ]),
    )
  }

  /** Offsets behind the last wanted ones; Infinity where only coming messages tell. */
  async #ends(
    topic: string,
    to: Position,
    latest: ReadonlyMap<number, number>,
  ): Promise<ReadonlyMap<number, number>> {
    if (to.kind === 'latest') return latest
    if (to.kind === 'offset') return new Map([...latest].map(([partition]) => [partition, to.offset]))
    const timestampMs = timeOf(to)
    if (timestampMs === null) return new Map()
    const found = await this.#access.cluster.offsets(topic, timestampMs)
    const isPast = timestampMs <= Date.now()
    return new Map(
      [...latest].map(([partition, end]) => {
        const offset = found.get(partition) ?? -1
        return [partition, offset >= 0 ? offset : isPast ? end : Infinity]
      }),
    )
  }
}

function timeOf(position: Position): number | null {
  if (position.kind === 'time') return position.timestampMs
  return position.kind === 'before-end' ? Date.now() - position.ms : null
}

/** Offset of the first message at or after a time, or null. */
function endBefore(batches: readonly RecordBatch[], timestampMs: number): number | null {
  for (const batch of batches) {
    if (batch.header.maxTimestampMs < timestampMs || batch.header.isControl) continue
    const first = recordsOf(batch).find((record) => record.timestampMs >= timestampMs)
    if (first !== undefined) return first.offset
  }
  return null
}

/** Offset of the first run stop of a batch, or null. */
function runStopOf(batch: RecordBatch, first: number): number | null {
  if (batch.header.isControl) return null
  for (const { offset, value } of recordsOf(batch)) {
    if (value === null || offset < first) continue
    const format = detectFormat(value)
    const isStop =
      (format.kind === 'document' && format.name === 'stop') ||
      (format.kind === 'flatbuffer' && format.id === '6s4t')
    if (isStop) return offset
  }
  return null
}
