import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka'
import { ReplayError } from '../error.ts'
import {
  type BatchHeader,
  batchHeaderBytes,
  damagedBatch,
  type RecordBatch,
  renewChecksum,
} from './batch-header.ts'

/* Record: length VARINT  attributes I8  timestampDelta VARLONG  offsetDelta VARINT  key (VARINT length, -1 null)  value
 *   headerCount VARINT  { key (VARINT length)  value (VARINT length, -1 null) }*
 * Source: Kafka documentation, "Record". Covered by bench/schedule.ts. */

export interface RecordHeader {
  readonly key: string
  readonly value: Uint8Array | null
}

/** One message. Keys and values are views of its batch. */
export interface StreamRecord {
  readonly offset: number
  readonly timestampMs: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** In order; names may repeat. */
  readonly headers: readonly RecordHeader[]
}

const noHeaders: readonly RecordHeader[] = []

/** The messages of a batch, in order. Throws REPLAY_BATCH_DAMAGED. */
export function recordsOf({ header, bytes }: RecordBatch): StreamRecord[] {
  const section = plainSection(header, bytes)
  const reader = new RecordReader(section)
  const records: StreamRecord[] = []
  for (let index = 0; index < header.recordsCount; index++) records.push(reader.record(header))
  return records
}

function plainSection(header: BatchHeader, bytes: Buffer): Buffer {
  const section = bytes.subarray(batchHeaderBytes)
  if (header.codec === 0) return section
  const codec = compressionsAlgorithmsByBitmask[header.codec]
  if (codec === undefined) throw damagedBatch(`a batch is compressed with codec ${header.codec}`)
  try {
    return codec.decompressSync(section)
  } catch (cause) {
    throw new ReplayError({
      code: 'REPLAY_BATCH_DAMAGED',
      message: `the batch at offset ${header.baseOffset} cannot be decompressed`,
      remedy: 'Look at the recording with `stream verify`.',
      cause,
    })
  }
}

class RecordReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  #varint(): number {
    let value = 0
    let scale = 1
    for (let count = 0; count < 10; count++) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) break
      value += (byte & 0x7f) * scale
      // Beyond 2^53 halves are lost, but neither lengths nor times come there.
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
      scale *= 128
    }
    throw damagedBatch('a record is cut off')
  }

  #bytesOrNull(): Uint8Array | null {
    const length = this.#varint()
    if (length < 0) return null
    const at = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) throw damagedBatch('a record is cut off')
    return this.#bytes.subarray(at, this.#at)
  }

  record(batch: BatchHeader): StreamRecord {
    const length = this.#varint()
    const end = this.#at + length
    if (length < 0 || end > this.#bytes.length) throw damagedBatch('a record is cut off')
    this.#at++
    const timestampDelta = this.#varint()
    const offsetDelta = this.#varint()
    const key = this.#bytesOrNull()
    const value = this.#bytesOrNull()
    const headers = this.#headers()
    if (this.#at !== end) throw damagedBatch('a record has another length than it says')
    return {
      offset: batch.baseOffset + offsetDelta,
      timestampMs: batch.isAppendTime ? batch.maxTimestampMs : batch.baseTimestampMs + timestampDelta,
      key,
      value,
      headers,
    }
  }

  #headers(): readonly RecordHeader[] {
    const count = this.#varint()
    if (count === 0) return noHeaders
    if (count < 0 || count > this.#bytes.length - this.#at)
      throw damagedBatch(`a record with ${count} headers`)
    const headers: RecordHeader[] = []
    for (let index = 0; index < count; index++) {
      const key = this.#bytesOrNull()
      headers.push({
        key: key === null ? '' : Buffer.from(key.buffer, key.byteOffset, key.length).toString(),
        value: this.#bytesOrNull(),
      })
    }
    return headers
  }
}

/** What a message is written from. */
export type OutgoingRecord = Omit<StreamRecord, 'offset'>

function varintSize(value: number): number {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1
  let size = 1
  while (rest >= 128) {
    rest = Math.floor(rest / 128)
    size++
  }
  return size
}

function sizeOf(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length
}

class RecordWriter {
  readonly bytes: Buffer
  at: number

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes
    this.at = at
  }

  varint(value: number): void {
    let rest = value >= 0 ? value * 2 : -value * 2 - 1
    while (rest >= 128) {
      this.bytes[this.at++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.bytes[this.at++] = rest
  }

  content(bytes: Uint8Array | null): void {
    if (bytes === null) return this.varint(-1)
    this.varint(bytes.length)
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }
}

/**
 * Puts messages into one batch, compressed as asked (0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd). At least one record. What is
 * not compressed stands in the memory that `allocate` gives.
 */
export function encodeBatch(
  records: readonly OutgoingRecord[],
  codec: number,
  allocate: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafe(bytes),
): Buffer {
  const [first] = records
  const baseTimestampMs = first?.timestampMs ?? 0
  const shapes = records.map((record, index) => shapeOf(record, baseTimestampMs, index))
  const sectionBytes = shapes.reduce((sum, { bodyBytes }) => sum + varintSize(bodyBytes) + bodyBytes, 0)
  const plain = allocate(batchHeaderBytes + sectionBytes)
  const writer = new RecordWriter(plain, batchHeaderBytes)
  records.forEach((record, index) => {
    const shape = shapes[index]
    if (shape !== undefined) writeRecord(writer, record, { ...shape, index })
  })
  const bytes = codec === 0 ? plain : compressed(plain, codec)
  const maxTimestampMs = records.reduce((max, { timestampMs }) => Math.max(max, timestampMs), baseTimestampMs)
  bytes.writeBigInt64BE(0n, 0)
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeInt32BE(-1, 12)
  bytes[16] = 2
  bytes.writeInt16BE(codec, 21)
  bytes.writeInt32BE(records.length - 1, 23)
  bytes.writeBigInt64BE(BigInt(baseTimestampMs), 27)
  bytes.writeBigInt64BE(BigInt(maxTimestampMs), 35)
  bytes.writeBigInt64BE(-1n, 43)
  bytes.writeInt16BE(-1, 51)
  bytes.writeInt32BE(-1, 53)
  bytes.writeInt32BE(records.length, 57)
  renewChecksum(bytes)
  return bytes
}

interface RecordShape {
  readonly bodyBytes: number
  readonly timestampDelta: number
  readonly headerKeys: readonly Buffer[]
}

function shapeOf(record: OutgoingRecord, baseTimestampMs: number, index: number): RecordShape {
  const timestampDelta = record.timestampMs - baseTimestampMs
  const headerKeys = record.headers.map(({ key }) => Buffer.from(key))
  let bodyBytes =
    1 + varintSize(timestampDelta) + varintSize(index) + sizeOf(record.key) + sizeOf(record.value)
  bodyBytes += varintSize(headerKeys.length)
  headerKeys.forEach((key, at) => (bodyBytes += sizeOf(key) + sizeOf(record.headers[at]?.value ?? null)))
  return { bodyBytes, timestampDelta, headerKeys }
}

function writeRecord(
  writer: RecordWriter,
  record: OutgoingRecord,
  { bodyBytes, timestampDelta, headerKeys, index }: RecordShape & { readonly index: number },
): void {
  writer.varint(bodyBytes)
  writer.bytes[writer.at++] = 0
  writer.varint(timestampDelta)
  writer.varint(index)
  writer.content(record.key)
  writer.content(record.value)
  writer.varint(headerKeys.length)
  headerKeys.forEach((key, at) => {
    writer.content(key)
    writer.content(record.headers[at]?.value ?? null)
  })
}

function compressed(plain: Buffer, codec: number): Buffer {
  const algorithm = compressionsAlgorithmsByBitmask[codec]
  if (algorithm === undefined) throw damagedBatch(`there is no codec ${codec}`)
  const records = plain.subarray(batchHeaderBytes)
  const section =
    codec === 2 ? framedSnappy(records, algorithm.compressSync) : algorithm.compressSync(records)
  const bytes = Buffer.allocUnsafe(batchHeaderBytes + section.length)
  bytes.set(section, batchHeaderBytes)
  return bytes
}

/** Snappy as Java frames it: "\x82SNAPPY\0", version 1, compatible 1, then blocks of (length I32, block). */
const snappyFrame = Buffer.from('82534e41505059000000000100000001', 'hex')
const snappyBlockBytes = 32_768

function framedSnappy(plain: Buffer, compress: (bytes: Buffer) => Buffer): Buffer {
  const parts: Buffer[] = [snappyFrame]
  for (let at = 0; at < plain.length; at += snappyBlockBytes) {
    const block = compress(plain.subarray(at, at + snappyBlockBytes))
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat(parts)
}
