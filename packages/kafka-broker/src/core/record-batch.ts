import { ByteReader } from './byte-reader.ts'
import { type Checksum, crc32c } from './crc32c.ts'

/* RecordBatch v2, the only form in which records are stored
 *    0 baseOffset i64          8 batchLength i32 (bytes after this field)   12 partitionLeaderEpoch i32
 *   16 magic i8 = 2           17 crc u32 (CRC-32C from offset 21 to the end)
 *   21 attributes i16: bits 0-2 codec (0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd), 3 append time, 4 transactional, 5 control,
 *      6 baseTimestamp is when compaction may remove the tombstones (record times stay relative to it)
 *   23 lastOffsetDelta i32    27 baseTimestamp i64   35 maxTimestamp i64
 *   43 producerId i64         51 producerEpoch i16   53 baseSequence i32   57 recordsCount i32   61 records
 * Record: length varint, attributes i8, timestampDelta varlong, offsetDelta varint, key (varint length, -1 null), value,
 *   headerCount varint, {key, value}*
 * Source: Kafka documentation, "Record Batch". Hot path: bench/produce-1k.ts. */

export const batchHeaderBytes = 61
/** baseOffset and batchLength, which stand before what batchLength counts. */
export const batchPrefixBytes = 12
/** Where that begins which the checksum covers. */
export const crcStart = 21

export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export const codecMask = 7
export const deleteHorizonBit = 1 << 6
const appendTimeBit = 1 << 3
const transactionalBit = 1 << 4
const controlBit = 1 << 5

export interface BatchHeader {
  readonly baseOffset: number
  /** Of the whole batch, prefix included. */
  readonly sizeBytes: number
  readonly leaderEpoch: number
  readonly magic: number
  readonly crc: number
  readonly attributes: number
  readonly codec: number
  readonly lastOffsetDelta: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordsCount: number
  readonly isTransactional: boolean
  readonly isControl: boolean
}

/** Needs {@link batchHeaderBytes} bytes; checks nothing else. */
export function readBatchHeader(bytes: Uint8Array): BatchHeader {
  const reader = new ByteReader(bytes.subarray(0, batchHeaderBytes))
  const baseOffset = reader.int64()
  const sizeBytes = reader.int32() + batchPrefixBytes
  const leaderEpoch = reader.int32()
  const magic = reader.int8()
  const crc = reader.uint32()
  const attributes = reader.int16()
  return {
    baseOffset,
    sizeBytes,
    leaderEpoch,
    magic,
    crc,
    attributes,
    codec: attributes & codecMask,
    lastOffsetDelta: reader.int32(),
    baseTimestamp: reader.int64(),
    maxTimestamp: reader.int64(),
    producerId: reader.int64(),
    producerEpoch: reader.int16(),
    baseSequence: reader.int32(),
    recordsCount: reader.int32(),
    isTransactional: (attributes & transactionalBit) !== 0,
    isControl: (attributes & controlBit) !== 0,
  }
}

/** Reads only where the next batch starts and which offsets this one covers. Needs {@link batchHeaderBytes} bytes from `at`. */
export function readBatchSpan(
  view: DataView,
  at: number,
): { baseOffset: number; lastOffset: number; sizeBytes: number } {
  const baseOffset = view.getInt32(at) * 0x1_0000_0000 + view.getUint32(at + 4)
  return {
    baseOffset,
    lastOffset: baseOffset + view.getInt32(at + 23),
    sizeBytes: view.getInt32(at + 8) + batchPrefixBytes,
  }
}

export function batchCrc(batch: Uint8Array, checksum: Checksum = crc32c): number {
  return checksum(batch.subarray(crcStart))
}

/** Writes the fields that the broker decides; both lie outside the checksum. */
export function stampBatch(
  batch: Uint8Array,
  stamp: { readonly baseOffset: number; readonly leaderEpoch: number },
): void {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength)
  view.setInt32(0, Math.floor(stamp.baseOffset / 0x1_0000_0000))
  view.setUint32(4, stamp.baseOffset >>> 0)
  view.setInt32(12, stamp.leaderEpoch)
}

/** Replaces the producer's times by the broker's and renews the checksum (message.timestamp.type = LogAppendTime). */
export function stampAppendTime(batch: Uint8Array, nowMs: number, checksum: Checksum): void {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength)
  view.setInt16(crcStart, view.getInt16(crcStart) | appendTimeBit)
  view.setBigInt64(35, BigInt(nowMs))
  view.setUint32(17, batchCrc(batch, checksum))
}

export interface RecordTime {
  readonly offset: number
  readonly timestampMs: number
}

/** Offset and time of each record of an uncompressed records section. Throws ProtocolError when it is malformed. */
export function* recordTimes(header: BatchHeader, section: Uint8Array): Generator<RecordTime> {
  const reader = new ByteReader(section)
  const isAppendTime = (header.attributes & appendTimeBit) !== 0
  for (let index = 0; index < header.recordsCount; index++) {
    const length = reader.varint()
    const next = reader.position + length
    reader.int8()
    const timestampMs = header.baseTimestamp + reader.varlong()
    const offset = header.baseOffset + reader.varint()
    yield { offset, timestampMs: isAppendTime ? header.maxTimestamp : timestampMs }
    reader.skip(next - reader.position)
  }
}

/** The records section of a batch, still compressed if the batch is. */
export function recordsSection(batch: Uint8Array): Uint8Array {
  return batch.subarray(batchHeaderBytes)
}
