import { crc32 } from 'node:zlib'
import type { Checksum } from '../core/crc32c.ts'
import { type MessageSet, MessageSetWriter, type OldMessage, readMessageSet } from '../core/message-set.ts'
import { type BatchHeader, codecNames, readBatchHeader, recordsSection } from '../core/record-batch.ts'
import { encodeBatch, encodeRecords, recordBody, storedRecords } from '../core/stored-record.ts'
import type { CheckedBatch } from './append-queue.ts'
import { decompress, decompressAtOnce } from './compression.ts'
import type { ReadResult } from './log-context.ts'
import type { PartitionLog } from './partition-log.ts'

/** Largest message set that comes out of a compressed one. */
const maxPlainBytes = 268_435_456

const tools = {
  crc32: (bytes: Uint8Array): number => crc32(bytes),
  decompress: (codec: number, bytes: Uint8Array): Uint8Array =>
    decompressAtOnce(codecNames[codec] ?? 'none', bytes, maxPlainBytes),
}

/** What an old producer sent, to be stored as one batch of format 2. */
export function upConvert(
  bytes: Uint8Array,
  checksum: Checksum,
): { readonly kind: 'ok'; readonly batch: CheckedBatch } | Extract<MessageSet, { kind: 'refused' }> {
  const set = readMessageSet(bytes, tools)
  if (set.kind === 'refused') return set
  return { kind: 'ok', batch: batchOf(set.messages, checksum) }
}

function batchOf(messages: readonly OldMessage[], checksum: Checksum): CheckedBatch {
  const times = messages.map(({ timestampMs }) => timestampMs)
  const fields = {
    baseOffset: 0,
    leaderEpoch: -1,
    attributes: 0,
    lastOffsetDelta: messages.length - 1,
    baseTimestamp: times[0] ?? -1,
    maxTimestamp: times.reduce((max, time) => Math.max(max, time), -1),
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
  }
  const section = encodeRecords(
    fields,
    messages.map(({ timestampMs, key, value }, offset) => ({
      offset,
      timestampMs,
      attributes: 0,
      body: recordBody(key, value),
    })),
  )
  const bytes = encodeBatch(fields, { recordsCount: messages.length, section }, checksum)
  return { header: readBatchHeader(bytes), bytes }
}

export interface OldReader {
  readonly magic: 0 | 1
  readonly fetchOffset: number
  readonly maxBytes: number
}

/**
 * What was read, for an old consumer: without headers and control records, at least one whole message. Reads on where
 * everything that was read is left out, so that the consumer gets ahead.
 */
export async function downConvert(
  log: PartitionLog,
  read: ReadResult,
  want: OldReader,
): Promise<Uint8Array[]> {
  const writer = new MessageSetWriter({ magic: want.magic, maxBytes: want.maxBytes, crc32: tools.crc32 })
  for (let next = read; ;) {
    for (const piece of next.pieces)
      if (!(await addPiece(writer, piece, want.fetchOffset))) return writer.chunks()
    if (!writer.isEmpty || next.sizeBytes === 0 || next.nextOffset >= log.endOffset) return writer.chunks()
    next = await log.read(next.nextOffset, want.maxBytes)
  }
}

/** False when the message set is full. */
async function addPiece(writer: MessageSetWriter, piece: Uint8Array, fetchOffset: number): Promise<boolean> {
  for (let at = 0; at < piece.byteLength;) {
    const header = readBatchHeader(piece.subarray(at))
    const bytes = piece.subarray(at, at + header.sizeBytes)
    if (!header.isControl && !(await addBatch(writer, { header, bytes }, fetchOffset))) return false
    at += header.sizeBytes
  }
  return true
}

async function addBatch(
  writer: MessageSetWriter,
  { header, bytes }: { readonly header: BatchHeader; readonly bytes: Uint8Array },
  fetchOffset: number,
): Promise<boolean> {
  const section = await decompress(codecNames[header.codec] ?? 'none', recordsSection(bytes))
  for (const record of storedRecords(header, section))
    if (record.offset >= fetchOffset && !writer.add(record.offset, record)) return false
  return true
}
