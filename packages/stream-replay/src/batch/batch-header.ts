import { ReplayError } from '../error.ts'
import { crc32c, patchedCrc32c } from './checksum.ts'

/* RecordBatch v2
 *    0 baseOffset i64          8 batchLength i32 (bytes after this field)   12 partitionLeaderEpoch i32
 *   16 magic i8 = 2           17 crc u32 (CRC-32C from offset 21 to the end)
 *   21 attributes i16: bits 0-2 codec (0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd), 3 append time, 4 transactional, 5 control
 *   23 lastOffsetDelta i32    27 baseTimestamp i64   35 maxTimestamp i64
 *   43 producerId i64         51 producerEpoch i16   53 baseSequence i32   57 recordsCount i32   61 records
 * Source: Kafka documentation, "Record Batch". Covered by bench/play-asap.ts. */

export const batchHeaderBytes = 61
const prefixBytes = 12
const crcStart = 21
/** No batch of a recording is longer: the broker's largest request. */
export const maxBatchBytes = 1_073_741_824

export interface BatchHeader {
  readonly baseOffset: number
  readonly lastOffset: number
  /** Of the whole batch, prefix included. */
  readonly sizeBytes: number
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly codec: number
  readonly isAppendTime: boolean
  /** Marks of transactions, not messages. */
  readonly isControl: boolean
  readonly isTransactional: boolean
  readonly baseTimestampMs: number
  readonly maxTimestampMs: number
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordsCount: number
}

/** A batch with its header read. */
export interface RecordBatch {
  readonly header: BatchHeader
  /** Whoever reads a batch from a source owns them: nobody else reads or writes them any more. */
  readonly bytes: Buffer
  /** Told by whoever has no more use for the bytes: their memory is used again. Not needed, but saves the collector work. */
  readonly release?: () => void
}

/** Size of the batch that begins at `at`, or null when fewer than 12 bytes follow. */
export function batchSize(bytes: Buffer, at: number): number | null {
  return at + prefixBytes > bytes.length ? null : bytes.readInt32BE(at + 8) + prefixBytes
}

/** Reads a header. Needs 61 bytes. Throws REPLAY_BATCH_DAMAGED when it cannot be one. */
export function readBatchHeader(bytes: Buffer, at = 0): BatchHeader {
  const sizeBytes = bytes.readInt32BE(at + 8) + prefixBytes
  if (bytes[at + 16] !== 2 || sizeBytes < batchHeaderBytes || sizeBytes > maxBatchBytes)
    throw damagedBatch(`a batch of version ${bytes[at + 16]} and ${sizeBytes} bytes`)
  const attributes = bytes.readInt16BE(at + 21)
  const baseOffset = Number(bytes.readBigInt64BE(at))
  const lastOffsetDelta = bytes.readInt32BE(at + 23)
  const recordsCount = bytes.readInt32BE(at + 57)
  if (lastOffsetDelta < 0 || recordsCount < 0 || baseOffset < 0)
    throw damagedBatch(`a batch of ${recordsCount} records at offset ${baseOffset}`)
  return {
    baseOffset,
    lastOffset: baseOffset + lastOffsetDelta,
    sizeBytes,
    codec: attributes & 7,
    isAppendTime: (attributes & 8) !== 0,
    isTransactional: (attributes & 16) !== 0,
    isControl: (attributes & 32) !== 0,
    baseTimestampMs: Number(bytes.readBigInt64BE(at + 27)),
    maxTimestampMs: Number(bytes.readBigInt64BE(at + 35)),
    producerId: bytes.readBigInt64BE(at + 43),
    producerEpoch: bytes.readInt16BE(at + 51),
    baseSequence: bytes.readInt32BE(at + 53),
    recordsCount,
  }
}

export function damagedBatch(message: string): ReplayError {
  return new ReplayError({
    code: 'REPLAY_BATCH_DAMAGED',
    message,
    remedy: 'Look at the recording with `stream verify`; --repair cuts it off at the last good batch.',
  })
}

/** True when the checksum is that of the bytes. */
export function isSound(batch: Buffer): boolean {
  return batch.readUInt32BE(17) === crc32c(batch.subarray(crcStart))
}

/** The whole batches of a stretch of log, as views; what is cut off at the end is left out. */
export function* batchesOf(bytes: Buffer): Generator<RecordBatch> {
  let at = 0
  for (;;) {
    const size = batchSize(bytes, at)
    if (size === null || at + size > bytes.length || at + batchHeaderBytes > bytes.length) return
    const header = readBatchHeader(bytes, at)
    yield { header, bytes: bytes.subarray(at, at + size) }
    at += size
  }
}

/** What a batch is sent as. */
export interface BatchStamp {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
  /** Added to the times of all records. */
  readonly deltaMs?: number
}

/**
 * Changes a batch for sending, in place: producer, times. The records are neither touched nor read: the checksum is reckoned
 * from the old one, so that a batch which was damaged on its way stays recognisable as damaged.
 */
export function stampBatch(batch: Buffer, stamp: BatchStamp): void {
  const before = Buffer.from(batch.subarray(crcStart, batchHeaderBytes))
  batch.writeBigInt64BE(0n, 0)
  batch.writeInt32BE(-1, 12)
  // A replayed message is an ordinary one: neither part of the transaction it came in, nor stamped by the broker.
  batch.writeInt16BE(batch.readInt16BE(21) & 7, 21)
  const delta = BigInt(Math.round(stamp.deltaMs ?? 0))
  if (delta !== 0n) {
    batch.writeBigInt64BE(batch.readBigInt64BE(27) + delta, 27)
    batch.writeBigInt64BE(batch.readBigInt64BE(35) + delta, 35)
  }
  batch.writeBigInt64BE(stamp.producerId, 43)
  batch.writeInt16BE(stamp.producerEpoch, 51)
  batch.writeInt32BE(stamp.baseSequence, 53)
  const after = batch.subarray(crcStart, batchHeaderBytes)
  const followingBytes = batch.length - batchHeaderBytes
  batch.writeUInt32BE(patchedCrc32c(batch.readUInt32BE(17), { before, after, followingBytes }), 17)
}

export function renewChecksum(batch: Buffer): void {
  batch.writeUInt32BE(crc32c(batch.subarray(crcStart)), 17)
}
