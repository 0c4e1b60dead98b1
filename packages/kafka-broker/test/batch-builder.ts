import { ByteWriter } from '../src/core/byte-writer.ts'
import { batchCrc, readBatchHeader, stampBatch } from '../src/core/record-batch.ts'
import type { CheckedBatch } from '../src/log/append-queue.ts'

export interface BatchFacts {
  readonly values: readonly string[]
  readonly timestampMs?: number
  /** Distance in time from record to record. */
  readonly stepMs?: number
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly attributes?: number
}

function records(facts: BatchFacts): Uint8Array {
  const all = new ByteWriter()
  for (const [i, text] of facts.values.entries()) {
    const value = new TextEncoder().encode(text)
    const record = new ByteWriter()
    record.int8(0)
    record.varlong(i * (facts.stepMs ?? 0))
    record.varint(i)
    record.varint(-1)
    record.varint(value.byteLength)
    record.raw(value)
    record.varint(0)
    all.varint(record.size)
    for (const chunk of record.chunks()) all.raw(chunk)
  }
  return all.bytes()
}

/** An uncompressed record batch of format 2 as a producer sends it. */
export function batchBytes(facts: BatchFacts): Uint8Array {
  const {
    values,
    timestampMs = 1_000,
    stepMs = 0,
    producerId = -1,
    producerEpoch = -1,
    baseSequence = -1,
    attributes = 0,
  } = facts
  const section = records(facts)
  const writer = new ByteWriter()
  writer.int64(0)
  writer.int32(49 + section.byteLength)
  writer.int32(-1)
  writer.int8(2)
  writer.uint32(0)
  writer.int16(attributes)
  writer.int32(values.length - 1)
  writer.int64(timestampMs)
  writer.int64(timestampMs + stepMs * (values.length - 1))
  writer.int64(producerId)
  writer.int16(producerEpoch)
  writer.int32(baseSequence)
  writer.int32(values.length)
  writer.raw(section)
  const bytes = new Uint8Array(writer.bytes())
  new DataView(bytes.buffer).setUint32(17, batchCrc(bytes))
  return bytes
}

export function checkedBatch(facts: BatchFacts): CheckedBatch {
  const bytes = batchBytes(facts)
  return { header: readBatchHeader(bytes), bytes }
}

/** As it stands in a log. */
export function storedBatch(baseOffset: number, facts: BatchFacts): Uint8Array {
  const bytes = batchBytes(facts)
  stampBatch(bytes, { baseOffset, leaderEpoch: 0 })
  return bytes
}
