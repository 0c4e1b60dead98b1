import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checksum } from '../core/crc32c.ts'
import { type DamageReason, walkBatch } from '../core/batch-walk.ts'
import { type BatchHeader, batchHeaderBytes, readBatchHeader } from '../core/record-batch.ts'
import { SparseIndex } from '../core/sparse-index.ts'
import { LogFile } from './log-file.ts'

/** File names start with the first offset in 20 digits, as Kafka's. */
export function offsetName(offset: number): string {
  return String(offset).padStart(20, '0')
}

/** Bytes read at once while walking a segment. */
const walkChunkBytes = 4_194_304

export interface WalkOutcome {
  /** Bytes up to which the segment is sound. */
  readonly soundBytes: number
  readonly fileBytes: number
  readonly damage: DamageReason | null
}

export interface SegmentFiles {
  readonly directory: string
  readonly baseOffset: number
  readonly indexIntervalBytes: number
}

interface OpenedSegment {
  /** Null = on disk. */
  readonly index: SparseIndex | null
  /** Absent = opened when it is needed. */
  readonly file?: LogFile
}

/** One file of batches with its two sparse indexes. The indexes live in memory and reach the disk when it is closed. */
export class Segment {
  readonly baseOffset: number
  readonly file: LogFile
  readonly #files: SegmentFiles
  #index: SparseIndex | null
  sizeBytes: number
  /** Offset after the last record. */
  nextOffset: number
  maxTimestampMs: number
  /** Broker time of the first append, for segment.ms. */
  firstAppendMs: number | null = null

  /** Time of the first record, null when it is not known yet. */
  firstTimestampMs: number | null = null

  private constructor(files: SegmentFiles, opened: OpenedSegment, facts: SegmentState) {
    this.#files = files
    this.baseOffset = files.baseOffset
    this.file = opened.file ?? new LogFile(this.#path('log'))
    this.#index = opened.index
    this.firstTimestampMs = facts.firstTimestampMs ?? null
    this.sizeBytes = facts.sizeBytes
    this.nextOffset = facts.nextOffset
    this.maxTimestampMs = facts.maxTimestampMs
    this.firstAppendMs = facts.firstAppendMs
  }

  static empty(files: SegmentFiles): Segment {
    const facts = { sizeBytes: 0, nextOffset: files.baseOffset, maxTimestampMs: -1, firstAppendMs: null }
    return new Segment(files, { index: new SparseIndex(files.indexIntervalBytes) }, facts)
  }

  /** A segment whose facts are known from a clean stop; its indexes are read when they are needed. */
  static known(files: SegmentFiles, facts: SegmentState): Segment {
    return new Segment(files, { index: null }, facts)
  }

  /** A segment that compaction wrote; its open file is taken over. */
  static rewritten(files: SegmentFiles, made: OpenedSegment, facts: SegmentState): Segment {
    return new Segment(files, made, facts)
  }

  /** Size of the larger index, as far as it is in memory. */
  get indexBytes(): number {
    return this.#index?.fileBytes ?? 0
  }

  /** Where a file of the segment stands. */
  #path(extension: string): string {
    return join(this.#files.directory, `${offsetName(this.baseOffset)}.${extension}`)
  }

  /** Takes note of a batch that was written at the end. */
  added(header: BatchHeader, at: { baseOffset: number; nowMs: number; maxTimestampMs: number }): void {
    this.maxTimestampMs = Math.max(this.maxTimestampMs, at.maxTimestampMs)
    this.firstAppendMs ??= at.nowMs
    this.firstTimestampMs ??= header.baseTimestamp >= 0 ? header.baseTimestamp : at.nowMs
    const relativeOffset = at.baseOffset - this.baseOffset
    const entry = { relativeOffset, position: this.sizeBytes, sizeBytes: header.sizeBytes }
    this.#index?.add({ ...entry, maxTimestampMs: this.maxTimestampMs })
    this.sizeBytes += header.sizeBytes
    this.nextOffset = at.baseOffset + header.lastOffsetDelta + 1
  }

  async index(): Promise<SparseIndex> {
    this.#index ??= await this.#loadIndex()
    return this.#index
  }

  async #loadIndex(): Promise<SparseIndex> {
    const loaded = new SparseIndex(this.#files.indexIntervalBytes)
    const nothing = new Uint8Array(0)
    const [offsets, times] = await Promise.all([
      readFile(this.#path('index')).catch(() => nothing),
      readFile(this.#path('timeindex')).catch(() => nothing),
    ])
    if (loaded.load({ offsets, times, segmentBytes: this.sizeBytes })) return loaded
    // Indexes hold nothing that the log does not: a missing or damaged one is made again.
    const rebuilt = new SparseIndex(this.#files.indexIntervalBytes)
    let maxTimestampMs = -1
    const rules = { checksum: null, maxBatchBytes: this.sizeBytes, hasGaps: true }
    await this.walk(rules, (header, position) => {
      maxTimestampMs = Math.max(maxTimestampMs, header.maxTimestamp)
      const relativeOffset = header.baseOffset - this.baseOffset
      rebuilt.add({ relativeOffset, position, sizeBytes: header.sizeBytes, maxTimestampMs })
    })
    return rebuilt
  }

  /** Walks all batches of the file up to its end or the first damage. */
  async walk(
    rules: {
      readonly checksum: Checksum | null
      readonly maxBatchBytes: number
      /** Compaction left gaps. */
      readonly hasGaps: boolean
      readonly from?: { readonly relativeOffset: number; readonly position: number }
    },
    onBatch: (header: BatchHeader, position: number, bytes: Uint8Array) => void,
  ): Promise<WalkOutcome> {
    const fileBytes = await this.file.sizeBytes()
    let nextOffset = this.baseOffset + (rules.from?.relativeOffset ?? 0)
    let position = rules.from?.position ?? 0
    let wantBytes = walkChunkBytes
    while (position < fileBytes) {
      const length = Math.min(wantBytes, fileBytes - position)
      const bytes = await this.file.read(position, length)
      const isLast = position + bytes.byteLength >= fileBytes
      wantBytes = walkChunkBytes
      let at = 0
      for (;;) {
        const step = walkBatch(bytes, { position: at, isLast, limits: { ...rules, nextOffset } })
        if (step.kind === 'damaged') return { soundBytes: position + at, fileBytes, damage: step.reason }
        if (step.kind === 'end') return { soundBytes: position + at, fileBytes, damage: null }
        if (step.kind === 'need-more') {
          wantBytes = Math.max(walkChunkBytes, step.neededBytes)
          break
        }
        const { header } = step
        onBatch(header, position + at, bytes.subarray(at, at + header.sizeBytes))
        nextOffset = header.baseOffset + header.lastOffsetDelta + 1
        at += header.sizeBytes
      }
      position += at
    }
    return { soundBytes: position, fileBytes, damage: null }
  }

  /** Verifies every batch, rebuilds the indexes and sets the facts. */
  async recover(options: {
    readonly checksum: Checksum
    readonly maxBatchBytes: number
    readonly hasGaps: boolean
    readonly nowMs: number
    readonly onBatch: (header: BatchHeader, bytes: Uint8Array) => void
  }): Promise<WalkOutcome> {
    this.#index = new SparseIndex(this.#files.indexIntervalBytes)
    this.sizeBytes = 0
    this.nextOffset = this.baseOffset
    this.maxTimestampMs = -1
    const { checksum, maxBatchBytes, hasGaps } = options
    const outcome = await this.walk({ checksum, maxBatchBytes, hasGaps }, (header, _, bytes) => {
      this.added(header, {
        baseOffset: header.baseOffset,
        nowMs: options.nowMs,
        maxTimestampMs: header.maxTimestamp,
      })
      options.onBatch(header, bytes)
    })
    await this.#ageWithoutTimes()
    return outcome
  }

  /** Facts of a segment that need no verification: from its indexes and the stretch after their last entry. */
  async survey(nextOffset: number): Promise<void> {
    this.sizeBytes = await this.file.sizeBytes()
    const index = await this.index()
    this.nextOffset = nextOffset
    this.maxTimestampMs = index.lastTimeMs
    const from = index.lastEntry
    const rules = { checksum: null, maxBatchBytes: this.sizeBytes, hasGaps: true, from }
    await this.walk(rules, (header) => {
      this.maxTimestampMs = Math.max(this.maxTimestampMs, header.maxTimestamp)
      this.nextOffset = Math.max(nextOffset, header.baseOffset + header.lastOffsetDelta + 1)
    })
    await this.#ageWithoutTimes()
    if (this.sizeBytes < batchHeaderBytes) return
    const { baseTimestamp } = readBatchHeader(await this.file.read(0, batchHeaderBytes))
    if (baseTimestamp >= 0) this.firstTimestampMs = baseTimestamp
  }

  /** Records without times (format 0) are as old as their file, for retention. */
  async #ageWithoutTimes(): Promise<void> {
    if (this.maxTimestampMs >= 0 || this.sizeBytes === 0) return
    this.maxTimestampMs = await stat(this.file.path).then(
      ({ mtimeMs }) => Math.round(mtimeMs),
      () => -1,
    )
  }

  /** After a failed write: forget what lies behind the last good byte. */
  async cutBack(): Promise<void> {
    await this.file.truncate(this.sizeBytes)
    this.#index?.truncate(this.sizeBytes)
  }

  async writeIndexes(): Promise<void> {
    if (this.#index === null) return
    await writeFile(this.#path('index'), this.#index.offsetIndexBytes())
    await writeFile(this.#path('timeindex'), this.#index.timeIndexBytes())
  }

  /** Frees the memory of the indexes of a closed segment. */
  forgetIndex(): void {
    this.#index = null
  }

  /** Keeps what cannot be read for a person to look at. */
  async setAsideDamage(soundBytes: number, fileBytes: number): Promise<string> {
    const path = this.#path('damaged')
    await writeFile(path, await this.file.read(soundBytes, fileBytes - soundBytes))
    await this.file.truncate(soundBytes)
    return path
  }

  /** Takes the files out of sight at once and removes them from the disk. */
  async remove(): Promise<void> {
    await this.file.retire()
    for (const extension of ['log', 'index', 'timeindex', 'txnindex']) {
      const path = this.#path(extension)
      await rename(path, `${path}.deleted`).catch(() => undefined) // an index may not exist yet
      await rm(`${path}.deleted`, { force: true })
    }
  }

  /** What a clean stop writes down. */
  state(): SegmentState {
    const { sizeBytes, nextOffset, maxTimestampMs, firstAppendMs, firstTimestampMs } = this
    return { sizeBytes, nextOffset, maxTimestampMs, firstAppendMs, firstTimestampMs }
  }
}

export interface SegmentState {
  readonly sizeBytes: number
  readonly nextOffset: number
  readonly maxTimestampMs: number
  readonly firstAppendMs: number | null
  readonly firstTimestampMs?: number | null
}
