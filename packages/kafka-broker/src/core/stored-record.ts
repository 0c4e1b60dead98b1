import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Checksum } from './crc32c.ts'
import { ProtocolError } from './protocol-error.ts'
import { batchCrc, batchHeaderBytes, batchPrefixBytes, type BatchHeader, codecMask } from './record-batch.ts'

/* Looking into batches: needed for compaction, for the old message formats and for control batches only. Batches are
 * otherwise stored and served as sent. Grammar: record-batch.ts. */

export interface StoredRecord {
  readonly offset: number
  readonly timestampMs: number
  readonly attributes: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** Key, value and headers as they are encoded. */
  readonly body: Uint8Array
}

/** The records of an uncompressed records section. Throws ProtocolError when it is malformed. */
export function* storedRecords(header: BatchHeader, section: Uint8Array): Generator<StoredRecord> {
  const reader = new ByteReader(section)
  const isAppendTime = (header.attributes & 8) !== 0
  for (let index = 0; index < header.recordsCount; index++) {
    const length = reader.varint()
    const end = reader.position + length
    if (length < 0 || end > section.byteLength) throw new ProtocolError(`a record of ${length} bytes`)
    const attributes = reader.int8()
    const timestampMs = header.baseTimestamp + reader.varlong()
    const offset = header.baseOffset + reader.varint()
    const bodyAt = reader.position
    const key = nullable(reader)
    const value = nullable(reader)
    if (reader.position > end) throw new ProtocolError('a record that is longer than it says')
    yield {
      offset,
      timestampMs: isAppendTime ? header.maxTimestamp : timestampMs,
      attributes,
      key,
      value,
      body: section.subarray(bodyAt, end),
    }
    reader.skip(end - reader.position)
  }
}

function nullable(reader: ByteReader): Uint8Array | null {
  const length = reader.varint()
  return length < 0 ? null : reader.view(length)
}

/** Key, value and no headers, as a record carries them. */
export function recordBody(key: Uint8Array | null, value: Uint8Array | null): Uint8Array {
  const writer = new ByteWriter()
  for (const part of [key, value]) {
    writer.varint(part === null ? -1 : part.byteLength)
    if (part !== null) writer.raw(part)
  }
  writer.varint(0)
  return writer.bytes()
}

/** What stands in the header of a batch beside what follows from its records. */
export type BatchFields = Pick<
  BatchHeader,
  | 'baseOffset'
  | 'leaderEpoch'
  | 'attributes'
  | 'lastOffsetDelta'
  | 'baseTimestamp'
  | 'maxTimestamp'
  | 'producerId'
  | 'producerEpoch'
  | 'baseSequence'
>

/** The records section that holds `records`, not compressed. */
export function encodeRecords(
  fields: Pick<BatchFields, 'baseOffset' | 'baseTimestamp'>,
  records: readonly Pick<StoredRecord, 'offset' | 'timestampMs' | 'attributes' | 'body'>[],
): Uint8Array {
  const writer = new ByteWriter()
  for (const { offset, timestampMs, attributes, body } of records) {
    const timeDelta = timestampMs - fields.baseTimestamp
    const offsetDelta = offset - fields.baseOffset
    writer.varint(1 + zigZagBytes(timeDelta) + zigZagBytes(offsetDelta) + body.byteLength)
    writer.int8(attributes)
    writer.varlong(timeDelta)
    writer.varint(offsetDelta)
    writer.raw(body)
  }
  return writer.bytes()
}

/** Length of a number as zig-zag varint. */
function zigZagBytes(value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let count = 1
  for (; rest >= 128; count++) rest = Math.floor(rest / 128)
  return count
}

/** A batch of format 2 around a records section that is compressed with the codec of `attributes`. */
export function encodeBatch(
  fields: BatchFields,
  content: { readonly recordsCount: number; readonly section: Uint8Array },
  checksum: Checksum,
): Uint8Array {
  const { recordsCount, section } = content
  const writer = new ByteWriter()
  writer.int64(fields.baseOffset)
  writer.int32(batchHeaderBytes - batchPrefixBytes + section.byteLength)
  writer.int32(fields.leaderEpoch)
  writer.int8(2)
  writer.uint32(0)
  writer.int16(recordsCount === 0 ? fields.attributes & ~codecMask : fields.attributes)
  writer.int32(fields.lastOffsetDelta)
  writer.int64(fields.baseTimestamp)
  writer.int64(fields.maxTimestamp)
  writer.int64(fields.producerId)
  writer.int16(fields.producerEpoch)
  writer.int32(fields.baseSequence)
  writer.int32(recordsCount)
  const bytes = new Uint8Array(batchHeaderBytes + section.byteLength)
  bytes.set(writer.bytes())
  bytes.set(section, batchHeaderBytes)
  new DataView(bytes.buffer).setUint32(17, batchCrc(bytes, checksum))
  return bytes
}
