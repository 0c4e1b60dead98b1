import type { Checksum } from './crc32c.ts'
import {
  type BatchHeader,
  batchCrc,
  batchHeaderBytes,
  batchPrefixBytes,
  readBatchHeader,
  readBatchSpan,
} from './record-batch.ts'

/** One step along a stretch of log bytes. */
export type WalkStep =
  | { readonly kind: 'batch'; readonly header: BatchHeader; readonly position: number }
  /** The batch goes on after the bytes at hand: read from `position` at least `neededBytes`. */
  | { readonly kind: 'need-more'; readonly position: number; readonly neededBytes: number }
  | { readonly kind: 'damaged'; readonly position: number; readonly reason: DamageReason }
  | { readonly kind: 'end'; readonly position: number }

export type DamageReason = 'length' | 'magic' | 'checksum' | 'offset' | 'zeros'

export interface WalkLimits {
  /** No batch is longer; a length above it is damage. */
  readonly maxBatchBytes: number
  /** Verifies the checksum of each batch; null = it is not looked at. */
  readonly checksum: Checksum | null
  /** Offset that the next batch must have. */
  readonly nextOffset: number
  /** The next batch may begin later: compaction leaves gaps. */
  readonly hasGaps: boolean
}

/** Looks at the batch that starts at `position` of `bytes`. `isLast` says that the file has no bytes after these. */
export function walkBatch(
  bytes: Uint8Array,
  at: { position: number; isLast: boolean; limits: WalkLimits },
): WalkStep {
  const { position, isLast, limits } = at
  const here = bytes.subarray(position)
  if (here.byteLength === 0 && isLast) return { kind: 'end', position }
  const short = (neededBytes: number): WalkStep =>
    isLast
      ? { kind: 'damaged', position, reason: isZero(here) ? 'zeros' : 'length' }
      : { kind: 'need-more', position, neededBytes }
  if (here.byteLength < batchHeaderBytes) return short(batchHeaderBytes)
  const header = readBatchHeader(here)
  const damaged = (reason: DamageReason): WalkStep => ({ kind: 'damaged', position, reason })
  if (header.sizeBytes === batchPrefixBytes && header.magic === 0) return damaged('zeros')
  if (header.magic !== 2) return damaged('magic')
  if (header.sizeBytes < batchHeaderBytes || header.sizeBytes > limits.maxBatchBytes) return damaged('length')
  if (here.byteLength < header.sizeBytes) return short(header.sizeBytes)
  if (!isInPlace(header, limits)) return damaged('offset')
  const { checksum } = limits
  if (checksum !== null && batchCrc(here.subarray(0, header.sizeBytes), checksum) !== header.crc)
    return damaged('checksum')
  return { kind: 'batch', header, position }
}

function isInPlace({ baseOffset, lastOffsetDelta }: BatchHeader, limits: WalkLimits): boolean {
  if (lastOffsetDelta < 0) return false
  return limits.hasGaps ? baseOffset >= limits.nextOffset : baseOffset === limits.nextOffset
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

/** What a fetch sends out of a stretch of sound log. */
export interface CutResult {
  readonly start: number
  readonly end: number
  /** Last offset between start and end, -1 when there is nothing. */
  readonly lastOffset: number
  /** Size of the first wanted batch, when it is not whole in the stretch. */
  readonly neededBytes: number | null
}

/** Cuts whole batches out of `bytes`: from the one that contains `offset`, at most `maxBytes`, but at least one if it is there. */
export function cutBatches(bytes: Uint8Array, want: { offset: number; maxBytes: number }): CutResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  let start = -1
  let lastOffset = -1
  while (at + batchHeaderBytes <= bytes.byteLength) {
    const span = readBatchSpan(view, at)
    const end = at + span.sizeBytes
    if (span.lastOffset >= want.offset) {
      if (end > bytes.byteLength) {
        if (start >= 0) break
        return { start: at, end: at, lastOffset, neededBytes: span.sizeBytes }
      }
      if (start < 0) start = at
      else if (end - start > want.maxBytes) break
      lastOffset = span.lastOffset
    }
    at = end
  }
  if (start >= 0) return { start, end: Math.min(at, bytes.byteLength), lastOffset, neededBytes: null }
  return { start: at, end: at, lastOffset, neededBytes: batchHeaderBytes }
}
