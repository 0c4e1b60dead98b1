import { compactionGroups, segmentsToCompact } from '../core/compaction-rules.ts'
import { type BatchHeader, codecNames, readBatchHeader, recordsSection } from '../core/record-batch.ts'
import { SparseIndex } from '../core/sparse-index.ts'
import { storedRecords } from '../core/stored-record.ts'
import { compactBatch, type CompactBatchRule } from './compact-batch.ts'
import { decompress } from './compression.ts'
import { KeyOffsets } from './key-offsets.ts'
import type { LogContext } from './log-context.ts'
import { FileRetired, type LogFile } from './log-file.ts'
import type { PartitionLog } from './partition-log.ts'
import { type BatchAt, batchesOf } from './segment-reader.ts'
import { cleanedFile, type CleanedSegment } from './segment-swap.ts'
import type { Segment } from './segment.ts'

/* Compaction of one partition: the last record of each key stays, offsets stay, and so does the newest batch of each
 * producer, as a header without records if need be. Reads and appends go on meanwhile. */

const writeBytes = 1_048_576

/** Compacts what is due. Returns the bytes that it freed; 0 when nothing was due. */
export async function compactLog(log: PartitionLog, context: LogContext): Promise<number> {
  const settings = log.place.settings()
  if (!settings.isCompacted) return 0
  const nowMs = context.nowMs()
  await log.rollOlderThan(Math.min(settings.segmentMs, settings.maxCompactionLagMs))
  const closed = log.segments.slice(0, -1).filter(({ nextOffset }) => nextOffset <= log.recoveryOffset)
  const { cleanedOffset, stableOffset } = log
  const count = segmentsToCompact(closed, { ...settings, nowMs, cleanedOffset, stableOffset })
  if (count === 0) return 0
  const taken = closed.slice(0, count)
  try {
    return await compact(log, taken, { nowMs, deleteRetentionMs: settings.deleteRetentionMs, context })
  } catch (error) {
    // Retention or a deletion of the topic took the files away meanwhile: the next round sees what is there then.
    if (error instanceof FileRetired) return 0
    throw error
  }
}

async function compact(
  log: PartitionLog,
  taken: readonly Segment[],
  facts: { readonly nowMs: number; readonly deleteRetentionMs: number; readonly context: LogContext },
): Promise<number> {
  const { nowMs, deleteRetentionMs, context } = facts
  const { keys, endOffset } = await newestOffsets(log, taken)
  const newestBatches = new Set(
    Array.from(log.producers(), ({ batches }) => batches.at(-1)?.baseOffset ?? -1),
  )
  const isAborted = ({ isTransactional, isControl, producerId, baseOffset }: BatchHeader): boolean =>
    isTransactional && !isControl && log.transactions.isAborted(producerId, baseOffset)
  const rule = { nowMs, deleteRetentionMs, isAborted, keys, checksum: context.checksum, newestBatches }
  let freedBytes = 0
  for (const group of compactionGroups(taken, log.place.settings().segmentBytes)) {
    const beforeBytes = group.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const cleaned = await rewrite(log, group, rule)
    if (await log.replaceSegments(group, cleaned)) freedBytes += beforeBytes - cleaned.facts.sizeBytes
  }
  await log.noteCleaned(endOffset)
  context.onEvent({ kind: 'compacted', log: log.place.name, freedBytes, upToOffset: endOffset })
  return freedBytes
}

/** The newest offset of each key above what was cleaned before, as far as there is memory for it. */
async function newestOffsets(
  log: PartitionLog,
  taken: readonly Segment[],
): Promise<{ keys: KeyOffsets; endOffset: number }> {
  const keys = new KeyOffsets()
  let endOffset = log.cleanedOffset
  for (const segment of taken) {
    if (segment.nextOffset <= log.cleanedOffset) continue
    for await (const { header, bytes } of batchesOf(
      segment,
      Math.max(segment.baseOffset, log.cleanedOffset),
    )) {
      if (keys.isFull) return { keys, endOffset }
      const isData = !header.isControl && header.recordsCount > 0
      if (isData && !log.transactions.isAborted(header.producerId, header.baseOffset)) {
        const section = await decompress(codecNames[header.codec] ?? 'none', recordsSection(bytes))
        for (const { key, offset } of storedRecords(header, section)) if (key !== null) keys.add(key, offset)
      }
      endOffset = header.baseOffset + header.lastOffsetDelta + 1
    }
    endOffset = segment.nextOffset
  }
  return { keys, endOffset }
}

type RewriteRule = Omit<CompactBatchRule, 'keepsHeader'> & { readonly newestBatches: ReadonlySet<number> }

async function rewrite(
  log: PartitionLog,
  group: readonly Segment[],
  rule: RewriteRule,
): Promise<CleanedSegment> {
  const [first] = group
  const { nextOffset } = group.at(-1) ?? { nextOffset: 0 }
  const baseOffset = first?.baseOffset ?? 0
  const file = await cleanedFile(log.place.directory, { baseOffset, nextOffset })
  const out = new CleanedWriter(file, {
    baseOffset,
    indexIntervalBytes: log.place.settings().indexIntervalBytes,
  })
  for await (const { batch, isLast } of withLast(group)) {
    const keepsHeader = isLast || rule.newestBatches.has(batch.header.baseOffset)
    const kept = await compactBatch(batch, { ...rule, keepsHeader })
    if (kept !== null) await out.add(kept)
  }
  await out.flush()
  const oldMax = group.reduce((max, { maxTimestampMs }) => Math.max(max, maxTimestampMs), -1)
  return {
    baseOffset,
    file,
    index: out.index,
    facts: {
      sizeBytes: out.sizeBytes,
      nextOffset,
      maxTimestampMs: out.maxTimestampMs < 0 && out.hasRecords ? oldMax : out.maxTimestampMs,
      firstAppendMs: first?.firstAppendMs ?? null,
      firstTimestampMs: first?.firstTimestampMs ?? null,
    },
  }
}

/** All batches of the group, with the word which one is the last. */
async function* withLast(group: readonly Segment[]): AsyncGenerator<{ batch: BatchAt; isLast: boolean }> {
  let held: BatchAt | null = null
  for (const segment of group) {
    for await (const batch of batchesOf(segment, segment.baseOffset)) {
      if (held !== null) yield { batch: held, isLast: false }
      held = batch
    }
  }
  if (held !== null) yield { batch: held, isLast: true }
}

class CleanedWriter {
  readonly index: SparseIndex
  readonly #file: LogFile
  readonly #baseOffset: number
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #writtenBytes = 0
  maxTimestampMs = -1
  hasRecords = false

  constructor(file: LogFile, place: { baseOffset: number; indexIntervalBytes: number }) {
    this.#file = file
    this.#baseOffset = place.baseOffset
    this.index = new SparseIndex(place.indexIntervalBytes)
  }

  get sizeBytes(): number {
    return this.#writtenBytes + this.#pendingBytes
  }

  async add(bytes: Uint8Array): Promise<void> {
    const header = readBatchHeader(bytes)
    this.hasRecords ||= header.recordsCount > 0
    this.maxTimestampMs = Math.max(this.maxTimestampMs, header.maxTimestamp)
    this.index.add({
      relativeOffset: header.baseOffset - this.#baseOffset,
      position: this.sizeBytes,
      sizeBytes: bytes.byteLength,
      maxTimestampMs: this.maxTimestampMs,
    })
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.byteLength
    if (this.#pendingBytes >= writeBytes) await this.flush()
  }

  async flush(): Promise<void> {
    await this.#file.write(this.#pending, this.#writtenBytes)
    this.#writtenBytes += this.#pendingBytes
    this.#pending = []
    this.#pendingBytes = 0
  }
}
