import { performance } from 'node:perf_hooks'
import { type KafkaErrorCode, kafkaError } from '../core/error-codes.ts'
import { ProducerState } from '../core/producer-state.ts'
import { type BatchHeader, stampAppendTime, stampBatch } from '../core/record-batch.ts'
import { shouldRoll } from '../core/retention.ts'
import type { LogSettings } from '../core/topic-config.ts'
import type { LogContext } from './log-context.ts'
import type { Segment } from './segment.ts'

/** A batch that passed the checks of core/batch-check.ts. Its bytes are changed in place and belong to the log from now on. */
export interface CheckedBatch {
  readonly header: BatchHeader
  readonly bytes: Uint8Array
}

export type AppendOutcome =
  | {
      readonly kind: 'appended'
      readonly baseOffset: number
      readonly logStartOffset: number
      readonly appendTimeMs: number
    }
  | { readonly kind: 'refused'; readonly errorCode: KafkaErrorCode; readonly message: string }

/** A batch with its place in the log. */
export interface Written extends CheckedBatch {
  readonly baseOffset: number
  readonly nowMs: number
  readonly maxTimestampMs: number
}

interface Waiting extends Written {
  readonly settle: (outcome: AppendOutcome) => void
  readonly outcome: AppendOutcome
}

export interface AppendQueueOptions {
  readonly name: string
  readonly context: LogContext
  readonly settings: () => LogSettings
  readonly nextOffset: number
  /** Producers as of what is written; the queue keeps it. */
  readonly written: ProducerState
  readonly active: () => Segment
  readonly roll: () => Promise<void>
  readonly onWritten: (batches: readonly Written[]) => void
}

/** After a second failure in a row a partition refuses appends for this long before it tries again. */
const offlineMs = 5_000

/* Appends of one turn of the event loop go into one writev; while one write is under way the next ones gather. Sequence
 * numbers are checked on arrival against `staged`, which includes what is queued; `written` follows the disk. */
export class AppendQueue {
  readonly #options: AppendQueueOptions
  readonly #staged = new ProducerState()
  #queue: Waiting[] = []
  #nextOffset: number
  /** Everything that touches the file, one after another. */
  #chain: Promise<void> = Promise.resolve()
  #isScheduled = false
  #failures = 0
  #offlineUntilMs = 0
  #syncTimer: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: AppendQueueOptions) {
    this.#options = options
    this.#nextOffset = options.nextOffset
  }

  /** Takes over the written producers, after they were restored. */
  resetStaged(): void {
    this.#staged.restore(this.#options.written.snapshot())
  }

  append(batch: CheckedBatch, log: { leaderEpoch: number; logStartOffset: number }): Promise<AppendOutcome> {
    const { header, bytes } = batch
    const nowMs = this.#options.context.nowMs()
    const refusal = this.#refusal(nowMs)
    if (refusal !== null) return Promise.resolve(refusal)
    if (header.producerId >= 0 && !header.isControl) {
      const check = this.#staged.check(header)
      if (check.kind === 'refused') return Promise.resolve(check)
      if (check.kind === 'duplicate') return this.#afterDuplicate(check.baseOffset, log.logStartOffset)
    }
    const baseOffset = this.#nextOffset
    stampBatch(bytes, { baseOffset, leaderEpoch: log.leaderEpoch })
    const { isAppendTime } = this.#options.settings()
    if (isAppendTime) stampAppendTime(bytes, nowMs, this.#options.context.checksum)
    this.#nextOffset += header.lastOffsetDelta + 1
    if (header.producerId >= 0) this.#staged.record(header, { baseOffset, timestampMs: nowMs, nowMs })
    const appendTimeMs = isAppendTime ? nowMs : -1
    const outcome: AppendOutcome = {
      kind: 'appended',
      baseOffset,
      logStartOffset: log.logStartOffset,
      appendTimeMs,
    }
    const maxTimestampMs = isAppendTime || header.maxTimestamp < 0 ? nowMs : header.maxTimestamp
    return new Promise((settle) => {
      this.#queue.push({ header, bytes, baseOffset, nowMs, maxTimestampMs, settle, outcome })
      this.#schedule()
    })
  }

  #refusal(nowMs: number): AppendOutcome | null {
    const errorCode = kafkaError.kafkaStorageError
    if (this.#closed)
      return {
        kind: 'refused',
        errorCode: kafkaError.unknownTopicOrPartition,
        message: 'the partition is closed',
      }
    if (nowMs < this.#offlineUntilMs)
      return { kind: 'refused', errorCode, message: 'the partition is offline after failed writes' }
    if (!this.#options.context.hasSpace())
      return { kind: 'refused', errorCode, message: 'the disk has no space left' }
    return null
  }

  /** A batch that came before may still be on its way to the disk: the answer waits for it. */
  #afterDuplicate(baseOffset: number, logStartOffset: number): Promise<AppendOutcome> {
    const failuresBefore = this.#failures
    const message = 'the batch was sent twice and its first writing failed'
    return this.exclusively(() =>
      Promise.resolve(
        this.#failures > failuresBefore
          ? { kind: 'refused', errorCode: kafkaError.kafkaStorageError, message }
          : { kind: 'appended', baseOffset, logStartOffset, appendTimeMs: -1 },
      ),
    )
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    // Not before the frames that this turn of the event loop still parses are queued as well.
    this.#chain = this.#chain.then(() => this.#drain())
  }

  /** Runs `work` while nothing is being written; what was queued before is written first. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#chain.then(work)
    this.#chain = result.then(
      () => undefined,
      () => undefined, // the caller has the error
    )
    return result
  }

  async #drain(): Promise<void> {
    this.#isScheduled = false
    const queued = this.#queue
    this.#queue = []
    let first = 0
    while (first < queued.length) {
      const group = await this.#writeGroup(queued, first)
      if (group === null) {
        this.#failAll([...queued.slice(first), ...this.#queue.splice(0)])
        return
      }
      first += group
    }
  }

  /** Writes the batches from `first` that fit the active segment. Returns their number, null after a failure. */
  async #writeGroup(queued: readonly Waiting[], first: number): Promise<number | null> {
    const settings = this.#options.settings()
    try {
      const head = queued[first]
      if (head !== undefined && this.#mustRoll(head, 0)) await this.#options.roll()
      const group: Waiting[] = []
      let groupBytes = 0
      for (const batch of queued.slice(first)) {
        if (group.length > 0 && this.#mustRoll(batch, groupBytes)) break
        group.push(batch)
        groupBytes += batch.bytes.byteLength
      }
      const segment = this.#options.active()
      await segment.index() // after a clean start it is still on disk
      await segment.file.write(
        group.map((batch) => batch.bytes),
        segment.sizeBytes,
      )
      if (settings.flush.kind === 'always') await this.#sync()
      if (settings.flush.kind === 'interval') this.#syncLater(settings.flush.intervalMs)
      this.#commit(group)
      return group.length
    } catch (error) {
      await this.#onFailure(error)
      return null
    }
  }

  #mustRoll(batch: Waiting, queuedBytes: number): boolean {
    const active = this.#options.active()
    const { baseOffset, firstAppendMs, indexBytes } = active
    const lastOffset = batch.baseOffset + batch.header.lastOffsetDelta
    return shouldRoll(
      { baseOffset, firstAppendMs, indexBytes, sizeBytes: active.sizeBytes + queuedBytes },
      { lastOffset, sizeBytes: batch.bytes.byteLength, nowMs: batch.nowMs },
      this.#options.settings(),
    )
  }

  #commit(group: readonly Waiting[]): void {
    this.#failures = 0
    for (const { header, baseOffset, nowMs } of group) {
      if (header.producerId >= 0)
        this.#options.written.record(header, { baseOffset, timestampMs: nowMs, nowMs })
    }
    this.#options.onWritten(group)
    for (const batch of group) batch.settle(batch.outcome)
  }

  async #onFailure(error: unknown): Promise<void> {
    const { context, name } = this.#options
    this.#failures++
    if (this.#failures >= 2) this.#offlineUntilMs = context.nowMs() + offlineMs
    context.onEvent({ kind: 'write-failed', log: name, error })
    try {
      await this.#options.active().cutBack()
    } catch (cutError) {
      // The next write starts at the last good byte in any case; recovery cuts what may lie behind it.
      context.onEvent({ kind: 'write-failed', log: name, error: cutError })
    }
  }

  #failAll(batches: readonly Waiting[]): void {
    this.#nextOffset = this.#options.active().nextOffset
    this.resetStaged()
    const message = 'writing to the log failed'
    for (const batch of batches)
      batch.settle({ kind: 'refused', errorCode: kafkaError.kafkaStorageError, message })
  }

  async #sync(): Promise<void> {
    const startedMs = performance.now()
    await this.#options.active().file.sync()
    const seconds = (performance.now() - startedMs) / 1000
    this.#options.context.onEvent({ kind: 'fsync', log: this.#options.name, seconds })
  }

  #syncLater(intervalMs: number): void {
    if (this.#syncTimer !== null) return
    this.#syncTimer = setTimeout(() => {
      this.#syncTimer = null
      const { context, name } = this.#options
      this.#sync().catch((error: unknown) => context.onEvent({ kind: 'write-failed', log: name, error }))
    }, intervalMs)
  }

  /** Writes what is queued and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true
    await this.exclusively(() => Promise.resolve())
    if (this.#syncTimer !== null) clearTimeout(this.#syncTimer)
    this.#syncTimer = null
  }
}
