import { cutBatches } from '../core/batch-walk.ts'
import { readBatchHeader } from '../core/record-batch.ts'
import type { BatchHeader } from '../core/record-batch.ts'
import { FileRetired } from './log-file.ts'
import type { ReadResult } from './log-context.ts'
import type { PartitionLog } from './partition-log.ts'
import type { ReadBuffers } from './read-buffers.ts'
import type { Segment } from './segment.ts'

/** Most bytes that one read takes from a file, unless a single batch is larger. */
const chunkBytes = 1_048_576
/** The index leads to at most this far (plus a batch) before the wanted offset. */
const slackBytes = 8_192
const maxLookups = 8

/** Reads batches from the files of a log. Empty when `offset` is at the end or the segment has just gone. */
export async function readSegments(
  log: PartitionLog,
  want: { offset: number; maxBytes: number; buffers?: ReadBuffers | undefined },
): Promise<ReadResult> {
  return await overRewriting(async () => {
    const segment = log.segmentAt(want.offset)
    const nothing = { pieces: [], sizeBytes: 0, nextOffset: want.offset }
    if (segment === undefined || want.offset >= log.endOffset) return nothing
    const maxBytes = Math.min(want.maxBytes, chunkBytes)
    const { bytes, lastOffset, buffer } = await readFrom(segment, { ...want, maxBytes })
    if (bytes.byteLength === 0) {
      if (buffer !== null) want.buffers?.give(buffer)
      return nothing
    }
    return { pieces: [bytes], sizeBytes: bytes.byteLength, nextOffset: lastOffset + 1, buffer }
  })
}

/** Begins again when compaction or retention has just taken a segment away: the log knows what is in its place. */
export async function overRewriting<T>(look: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await look()
    } catch (error) {
      if (!(error instanceof FileRetired) || attempt > maxLookups) throw error
    }
  }
}

async function readFrom(
  segment: Segment,
  want: { offset: number; maxBytes: number; buffers?: ReadBuffers | undefined },
): Promise<{ bytes: Uint8Array; lastOffset: number; buffer: Uint8Array | null }> {
  const index = await segment.index()
  let position = index.positionOf(Math.max(0, want.offset - segment.baseOffset))
  let length = want.maxBytes + slackBytes
  for (;;) {
    // Not beyond what is committed: a write that is under way is not visible yet.
    const available = segment.sizeBytes - position
    const wanted = Math.min(length, available)
    const buffer = want.buffers?.take(wanted) ?? null
    const bytes = await segment.file.read(position, wanted, buffer ?? undefined)
    const cut = cutBatches(bytes, want)
    const { start, end, lastOffset } = cut
    const isOver = position + start >= segment.sizeBytes || bytes.byteLength === 0
    if (end > start || isOver) return { bytes: bytes.subarray(start, end), lastOffset, buffer }
    if (buffer !== null) want.buffers?.give(buffer)
    position += start
    length = Math.max(want.maxBytes, cut.neededBytes ?? 0)
  }
}

export interface BatchAt {
  readonly header: BatchHeader
  readonly bytes: Uint8Array
}

/** The first batch at or after `fromOffset` that satisfies `wanted`; null when the segment has none. */
export async function findBatch(
  segment: Segment,
  fromOffset: number,
  wanted: (header: BatchHeader) => boolean,
): Promise<BatchAt | null> {
  for await (const batch of batchesOf(segment, fromOffset)) if (wanted(batch.header)) return batch
  return null
}

/** The batches of a segment from the one that holds `fromOffset`, or the next. */
export async function* batchesOf(segment: Segment, fromOffset: number): AsyncGenerator<BatchAt> {
  let offset = fromOffset
  while (offset < segment.nextOffset) {
    const { bytes } = await readFrom(segment, { offset, maxBytes: chunkBytes })
    if (bytes.byteLength === 0) return
    let at = 0
    while (at < bytes.byteLength) {
      const header = readBatchHeader(bytes.subarray(at))
      yield { header, bytes: bytes.subarray(at, at + header.sizeBytes) }
      at += header.sizeBytes
      offset = header.baseOffset + header.lastOffsetDelta + 1
    }
  }
}

/** What was read, without the batches at and above an offset. */
export function batchesBelow(read: ReadResult, offset: number): ReadResult {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  let nextOffset = -1
  for (const piece of read.pieces) {
    let at = 0
    while (at < piece.byteLength) {
      const header = readBatchHeader(piece.subarray(at))
      if (header.baseOffset >= offset) break
      nextOffset = header.baseOffset + header.lastOffsetDelta + 1
      at += header.sizeBytes
    }
    if (at > 0) pieces.push(piece.subarray(0, at))
    sizeBytes += at
    if (at < piece.byteLength) break
  }
  return { ...read, pieces, sizeBytes, nextOffset }
}
