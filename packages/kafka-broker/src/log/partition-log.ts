import { mkdir } from 'node:fs/promises'
import { lastAtMost } from '../core/sparse-index.ts'
import type { PartitionTransactions } from '../core/partition-transactions.ts'
import type { ProducerEntry } from '../core/producer-state.ts'
import { segmentsToDelete } from '../core/retention.ts'
import { ownBytes, PartitionTail } from '../core/tail-cache.ts'
import { LeaderEpochs } from './leader-epochs.ts'
import type { LogContext, PartitionPlace, PartitionState, ReadResult } from './log-context.ts'
import { syncDirectory } from './log-file.ts'
import { type EpochEntry, pruneProducerSnapshots, writeCheckpoint, writeEpochs } from './partition-files.ts'
import { type AppendOutcome, AppendQueue, type CheckedBatch, type Written } from './append-queue.ts'
import { LogProducers } from './log-producers.ts'
import type { ReadBuffers } from './read-buffers.ts'
import { readSegments } from './segment-reader.ts'
import { type CleanedSegment, commitSwap, completeSwap, discardCleaned } from './segment-swap.ts'
import { writeTransactionIndex } from './transaction-index.ts'
import { Segment } from './segment.ts'

/** The durable log of one partition: appends in order, reads of whole batches, retention. */
export class PartitionLog {
  readonly place: PartitionPlace
  readonly #context: LogContext
  readonly #segments: Segment[]
  readonly #tail: PartitionTail
  readonly #queue: AppendQueue
  readonly #producers: LogProducers
  readonly #listeners = new Set<(sizeBytes: number) => void>()
  readonly #epochs: LeaderEpochs
  #logStartOffset: number
  #recoveryOffset: number
  #cleanedOffset: number
  #closed = false

  private constructor(place: PartitionPlace, context: LogContext, state: PartitionState) {
    this.place = place
    this.#context = context
    this.#tail = new PartitionTail(context.frames)
    this.#logStartOffset = state.logStartOffset
    this.#recoveryOffset = state.recoveryOffset
    this.#cleanedOffset = state.cleanedOffset ?? 0
    this.#epochs = new LeaderEpochs(place.directory, state.epochs)
    const { nowMs } = context
    this.#producers = new LogProducers(place.directory, { at: state.producersAt, nowMs })
    const { open = [], aborted = [] } = state.transactions ?? {}
    this.#producers.transactions.restore(open, aborted)
    this.#segments = state.segments.map((facts) => Segment.known(this.#segmentFiles(facts.baseOffset), facts))
    this.#queue = new AppendQueue({
      name: place.name,
      context,
      settings: place.settings,
      nextOffset: this.endOffset,
      written: this.#producers.state,
      active: () => this.#active(),
      roll: () => this.#roll(),
      onWritten: (batches) => this.#onWritten(batches),
    })
  }

  /** Makes the directory and first segment of a new partition. */
  static async create(place: PartitionPlace, context: LogContext): Promise<PartitionLog> {
    await mkdir(place.directory, { recursive: true })
    const epochs = [{ epoch: 0, startOffset: 0 }]
    await writeEpochs(place.directory, epochs)
    const checkpoint = { topicId: place.topicId, logStartOffset: 0, nextOffset: 0, recoveryOffset: 0 }
    await writeCheckpoint(place.directory, checkpoint, false)
    return PartitionLog.known(place, context, {
      logStartOffset: 0,
      recoveryOffset: 0,
      epochs,
      producersAt: null,
      segments: [],
    })
  }

  /** A partition whose state is known: from a clean stop or from recovery. Opens nothing. */
  static known(place: PartitionPlace, context: LogContext, state: PartitionState): PartitionLog {
    const log = new PartitionLog(place, context, state)
    if (log.#segments.length === 0) log.#segments.push(Segment.empty(log.#segmentFiles(log.#logStartOffset)))
    return log
  }

  #segmentFiles(baseOffset: number): { directory: string; baseOffset: number; indexIntervalBytes: number } {
    const { indexIntervalBytes } = this.place.settings()
    return { directory: this.place.directory, baseOffset, indexIntervalBytes }
  }

  #active(): Segment {
    const segment = this.#segments.at(-1)
    if (segment === undefined) throw new Error(`${this.place.name} has no segment`)
    return segment
  }

  get logStartOffset(): number {
    return this.#logStartOffset
  }

  /** Offset after the last record that readers see: log end and high watermark are one here. */
  get endOffset(): number {
    return this.#segments.at(-1)?.nextOffset ?? this.#logStartOffset
  }

  /** Data below it are known to be on the disk. */
  get recoveryOffset(): number {
    return this.#recoveryOffset
  }

  get cleanedOffset(): number {
    return this.#cleanedOffset
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.sizeBytes, 0)
  }

  /** Time of the first record of the first segment, as far as it is known. */
  get oldestTimestampMs(): number | null {
    return this.#segments[0]?.firstTimestampMs ?? null
  }

  get leaderEpoch(): number {
    return this.#epochs.current
  }

  get epochs(): readonly EpochEntry[] {
    return this.#epochs.entries
  }

  get segments(): readonly Segment[] {
    return this.#segments
  }

  producers(): Iterable<ProducerEntry> {
    return this.#producers.state.entries()
  }

  get transactions(): Pick<PartitionTransactions, 'open' | 'abortedIn' | 'isAborted'> {
    return this.#producers.transactions
  }

  /** Readers of committed records stop here: at the first open transaction, or at the end. */
  get stableOffset(): number {
    return this.#producers.transactions.stableOffset(this.endOffset)
  }

  /** Calls back after each write with the number of new bytes. Returns how to stop. */
  onAppended(listener: (sizeBytes: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Appends a checked batch. Offsets are given in the order of the calls; resolves after the write (and fsync, if so set). */
  append(batch: CheckedBatch): Promise<AppendOutcome> {
    if (this.#producers.isOnDisk && batch.header.producerId >= 0) {
      return this.#loadProducers().then(() => this.append(batch))
    }
    return this.#queue.append(batch, { leaderEpoch: this.leaderEpoch, logStartOffset: this.#logStartOffset })
  }

  async #loadProducers(): Promise<void> {
    await this.#producers.load()
    this.#queue.resetStaged()
  }

  restoreProducers(entries: readonly ProducerEntry[]): void {
    this.#producers.restore(entries)
    this.#queue.resetStaged()
  }

  #onWritten(batches: readonly Written[]): void {
    const segment = this.#active()
    let sizeBytes = 0
    for (const { header, bytes, baseOffset, nowMs, maxTimestampMs } of batches) {
      segment.added(header, { baseOffset, nowMs, maxTimestampMs })
      this.#producers.noteTransaction(header, baseOffset, bytes)
      sizeBytes += bytes.byteLength
      const lastOffset = baseOffset + header.lastOffsetDelta
      this.#context.cache.add(this.#tail, baseOffset, { lastOffset, bytes: ownBytes(bytes) })
    }
    for (const listener of this.#listeners) listener(sizeBytes)
  }

  // ---- reading

  /** From memory, at once; null when the wanted batch is on disk only. Who needs the bytes for longer retains them. */
  readTail(offset: number, maxBytes: number): ReadResult | null {
    return this.#tail.read(offset, maxBytes)
  }

  /** Whole batches from the one that contains `offset`: up to maxBytes, but at least one. Empty at the end. */
  async read(offset: number, maxBytes: number, buffers?: ReadBuffers): Promise<ReadResult> {
    const tail = this.readTail(offset, maxBytes)
    if (tail === null) return await readSegments(this, { offset, maxBytes, buffers })
    for (const piece of tail.pieces) this.#context.frames.abandon(piece)
    return tail
  }

  /** The segment that holds an offset, or the first one after it. */
  segmentAt(offset: number): Segment | undefined {
    const at = lastAtMost(
      this.#segments.map((segment) => segment.baseOffset),
      offset,
    )
    const found = this.#segments[Math.max(at, 0)]
    return found !== undefined && found.nextOffset <= offset ? this.#segments[at + 1] : found
  }

  // ---- segments

  async #roll(): Promise<void> {
    const closed = this.#active()
    const next = Segment.empty(this.#segmentFiles(closed.nextOffset))
    await next.file.truncate(0)
    await closed.writeIndexes()
    const { directory } = this.place
    const aborted = this.#producers.transactions.aborted.filter(
      ({ lastOffset }) => lastOffset >= closed.baseOffset && lastOffset < closed.nextOffset,
    )
    await writeTransactionIndex(directory, closed.baseOffset, aborted)
    await this.#producers.writeSnapshot(closed.nextOffset)
    await syncDirectory(this.place.directory)
    this.#segments.push(next)
    this.#context.onEvent({ kind: 'segment-rolled', log: this.place.name, baseOffset: next.baseOffset })
    void this.#settle(closed)
  }

  /** Brings a closed segment to the disk, so that recovery need not look at it. Not awaited by appends. */
  async #settle(closed: Segment): Promise<void> {
    try {
      await closed.file.sync()
      this.#recoveryOffset = Math.max(this.#recoveryOffset, closed.nextOffset)
      if (!this.#closed) await this.#writeCheckpoint()
      await pruneProducerSnapshots(this.place.directory, this.#recoveryOffset)
      closed.forgetIndex()
    } catch (error) {
      if (!this.#closed) this.#context.onEvent({ kind: 'write-failed', log: this.place.name, error })
    }
  }

  async #writeCheckpoint(): Promise<void> {
    await writeCheckpoint(this.place.directory, {
      topicId: this.place.topicId,
      logStartOffset: this.#logStartOffset,
      nextOffset: this.endOffset,
      recoveryOffset: this.#recoveryOffset,
      cleanedOffset: this.#cleanedOffset,
    })
  }

  // ---- retention and compaction

  /** Deletes old segments by time, size and start offset. Returns the bytes that it freed. */
  async applyRetention(): Promise<number> {
    return await this.#queue.exclusively(async () => {
      const nowMs = this.#context.nowMs()
      const { retentionMs: wantedMs, retentionBytes: wantedBytes, isDeleted } = this.place.settings()
      const [retentionMs, retentionBytes] = isDeleted ? [wantedMs, wantedBytes] : [-1, -1]
      const active = this.#active()
      const isExpired =
        retentionMs >= 0 && active.sizeBytes > 0 && nowMs - active.maxTimestampMs > retentionMs
      if (isExpired || (active.sizeBytes > 0 && active.nextOffset <= this.#logStartOffset)) await this.#roll()
      const closed = this.#segments.slice(0, -1)
      const rule = { nowMs, retentionMs, retentionBytes, logStartOffset: this.#logStartOffset }
      return await this.#dropFirst(segmentsToDelete(closed, this.#active().sizeBytes, rule))
    })
  }

  /** Deletes the oldest closed segment, if there is one, to make room. Returns the bytes that it freed. */
  async dropOldest(): Promise<number> {
    return await this.#queue.exclusively(() => this.#dropFirst(this.#segments.length > 1 ? 1 : 0))
  }

  async #dropFirst(count: number): Promise<number> {
    if (count === 0) return 0
    const dropped = this.#segments.splice(0, count)
    const start = this.#segments[0]?.baseOffset ?? this.#logStartOffset
    this.#logStartOffset = Math.max(this.#logStartOffset, start)
    this.#producers.transactions.dropBelow(this.#logStartOffset)
    await this.#writeCheckpoint()
    for (const segment of dropped) await segment.remove()
    const { name } = this.place
    this.#context.onEvent({
      kind: 'segments-deleted',
      log: name,
      count,
      logStartOffset: this.#logStartOffset,
    })
    return dropped.reduce((sum, segment) => sum + segment.sizeBytes, 0)
  }

  /** Closes the active segment when its first record came longer ago than `ageMs`, so that it can be compacted. */
  async rollOlderThan(ageMs: number): Promise<void> {
    await this.#queue.exclusively(async () => {
      const { firstAppendMs, sizeBytes } = this.#active()
      const nowMs = this.#context.nowMs()
      if (sizeBytes > 0 && firstAppendMs !== null && nowMs - firstAppendMs > ageMs) await this.#roll()
    })
  }

  /** Puts a compacted segment in the place of neighbours; false when they are no longer there. */
  async replaceSegments(old: readonly Segment[], cleaned: CleanedSegment): Promise<boolean> {
    return await this.#queue.exclusively(async () => {
      const at = this.#segments.findIndex((segment) => segment === old[0])
      const isThere = at >= 0 && old.every((segment, i) => this.#segments[at + i] === segment)
      if (this.#closed || !isThere) {
        await discardCleaned(cleaned)
        return false
      }
      const { directory } = this.place
      await commitSwap(directory, cleaned)
      const made = Segment.rewritten(this.#segmentFiles(cleaned.baseOffset), cleaned, cleaned.facts)
      this.#segments.splice(at, old.length, made)
      this.#tail.dropBelow(made.nextOffset)
      await completeSwap(directory, old, made)
      return true
    })
  }

  async noteCleaned(offset: number): Promise<void> {
    this.#cleanedOffset = Math.max(this.#cleanedOffset, offset)
    await this.#queue.exclusively(() => this.#writeCheckpoint())
  }

  /** Moves the log start; false when `offset` is beyond the end. Durable before it resolves. */
  async deleteRecords(offset: number): Promise<boolean> {
    const isKnown = await this.#queue.exclusively(async () => {
      if (offset > this.endOffset) return false
      if (offset <= this.#logStartOffset) return true
      this.#logStartOffset = offset
      await this.#writeCheckpoint()
      return true
    })
    if (isKnown) await this.applyRetention()
    return isKnown
  }

  /** Closes files that were not used for a while; they open again by themselves. */
  async closeIdleFiles(idleMs: number): Promise<void> {
    const nowMs = this.#context.nowMs()
    for (const segment of this.#segments) {
      if (segment.file.isOpen && segment.file.idleMs(nowMs) > idleMs) await segment.file.close()
    }
  }

  /** Starts a new leader epoch at the end, after an unclean stop. */
  async startEpoch(epoch: number): Promise<void> {
    await this.#epochs.start(epoch, this.endOffset)
  }

  /** The largest epoch at most `epoch` and where it ends; null when there is none. */
  epochEnd(epoch: number): { epoch: number; endOffset: number } | null {
    return this.#epochs.endOf(epoch, this.endOffset)
  }

  /** Writes everything down and closes the files. Returns what a clean start needs. */
  async close(): Promise<PartitionState> {
    await this.#queue.close()
    this.#closed = true
    const active = this.#active()
    if (active.file.isOpen) {
      await active.file.sync()
      await active.writeIndexes()
      this.#recoveryOffset = active.baseOffset
    }
    const { open, aborted } = this.#producers.transactions
    const producersAt = await this.#producers.close(this.endOffset)
    for (const segment of this.#segments) await segment.file.close()
    return {
      logStartOffset: this.#logStartOffset,
      recoveryOffset: this.#recoveryOffset,
      epochs: this.#epochs.entries,
      producersAt,
      ...(open.length + aborted.length > 0 ? { transactions: { open, aborted } } : {}),
      cleanedOffset: this.#cleanedOffset,
      segments: this.#segments.map((segment) => ({ baseOffset: segment.baseOffset, ...segment.state() })),
    }
  }

  /** Ends the partition because its topic is deleted: nothing is written any more. */
  async abandon(): Promise<void> {
    this.#closed = true
    await this.#queue.close()
    // Waiting fetches look again and find the topic gone.
    for (const listener of this.#listeners) listener(Number.POSITIVE_INFINITY)
    for (const segment of this.#segments) await segment.file.close()
  }
}
