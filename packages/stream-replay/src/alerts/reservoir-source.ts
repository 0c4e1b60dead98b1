import { batchesOf, type RecordBatch } from '../batch/batch-header.ts'
import { encodeBatch, recordsOf } from '../batch/batch-records.ts'
import type { StreamSource } from '../source/stream-source.ts'
import { timeOffsetHeader } from './alert-reservoir.ts'

/** Any moment does: only distances count. */
const baseMs = 1_000_000_000_000

/** A reservoir seen as a stream whose times are those of the offset headers, without these headers. */
export function reservoirSource(source: StreamSource): StreamSource {
  return {
    ...source,
    async *batches(partition, from) {
      for await (const batch of source.batches(partition, from)) yield timedBatch(batch)
    },
    offsetBeforeTime: () => Promise.resolve(0),
  }
}

function timedBatch(batch: RecordBatch): RecordBatch {
  const { header } = batch
  if (header.isControl || header.recordsCount === 0) return batch
  const records = recordsOf(batch).map((record) => {
    const offset = record.headers.find(({ key }) => key === timeOffsetHeader)?.value
    const seconds = offset === null || offset === undefined ? 0 : Number(Buffer.from(offset).toString())
    // Rounded up: a message must never be early.
    return {
      ...record,
      timestampMs: baseMs + Math.ceil((Number.isFinite(seconds) ? seconds : 0) * 1_000 - 1e-6),
    }
  })
  const bytes = encodeBatch(records, 0)
  const [encoded] = batchesOf(bytes)
  if (encoded === undefined) return batch
  // Offsets of a compacted topic have gaps; the reservoir is none.
  const lastOffset = header.baseOffset + records.length - 1
  return { bytes, header: { ...encoded.header, baseOffset: header.baseOffset, lastOffset } }
}
