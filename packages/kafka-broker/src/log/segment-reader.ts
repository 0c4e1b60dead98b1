import { cutBatches } from '../core/batch-walk.ts'
import { readBatchHeader } from '../core/record-batch.ts'
import type { BatchHeader } from '../core/record-batch.ts'
import type { PartitionLog, ReadResult } from './partition-log.ts'
import type { Segment } from './segment.ts'

/** Most bytes that one read takes from a file, unless a single batch is larger. */
const chunkBytes = 1_048_576
/** The index leads to at most this far (plus a batch) before the wanted offset. */
const slackBytes = 8_192

/** Reads batches from the files of a log. Empty when `offset` is at the end or the segment has just gone. */
export async function readSegments(
  log: PartitionLog,
  want: { offset: number; maxBytes: number },
): Promise<ReadResult> {
  const segment = log.segmentAt(want.offset)
  if (segment === undefined || want.offset >= log.endOffset) return { pieces: [], sizeBytes: 0 }
  const piece = await readFrom(segment, {
    offset: want.offset,
    maxBytes: Math.min(want.maxBytes, chunkBytes),
  })
  return { pieces: piece.byteLength > 0 ? [piece] : [], sizeBytes: piece.byteLength }
}

async function readFrom(segment: Segment, want: { offset: number; maxBytes: number }): Promise<Uint8Array> {
  const index = await segment.index()
  let position = index.positionOf(Math.max(0, want.offset - segment.baseOffset))
  let length = want.maxBytes + slackBytes
  for (;;) {
    // Not beyond what is committed: a write that is under way is not visible yet.
    const available = segment.sizeBytes - position
    const bytes = await segment.file.read(position, Math.min(length, available))
    const cut = cutBatches(bytes, want)
    if (cut.end > cut.start) return bytes.subarray(cut.start, cut.end)
    if (position + cut.start >= segment.sizeBytes || bytes.byteLength === 0) return bytes.subarray(0, 0)
    position += cut.start
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
  let offset = fromOffset
  while (offset < segment.nextOffset) {
    const bytes = await readFrom(segment, { offset, maxBytes: chunkBytes })
    if (bytes.byteLength === 0) return null
    let at = 0
    while (at < bytes.byteLength) {
      const header = readBatchHeader(bytes.subarray(at))
      if (wanted(header)) return { header, bytes: bytes.subarray(at, at + header.sizeBytes) }
      at += header.sizeBytes
      offset = header.baseOffset + header.lastOffsetDelta + 1
    }
  }
  return null
}
