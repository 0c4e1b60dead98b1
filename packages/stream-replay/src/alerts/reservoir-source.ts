import type { StreamRecord } from '../batch/batch-records.ts'
import type { StreamSource } from '../source/stream-source.ts'
import { timeOffsetHeader } from './alert-reservoir.ts'

/** Any moment does: only distances count. */
const baseMs = 1_000_000_000_000

/** A reservoir seen as a stream whose times are those of the offset headers, without these headers. */
export function reservoirSource(source: StreamSource): StreamSource {
  return { ...source, seenAs: timedRecord, offsetBeforeTime: () => Promise.resolve(0) }
}

function timedRecord(record: StreamRecord): StreamRecord {
  const offset = record.headers.find(({ key }) => key === timeOffsetHeader)?.value
  const seconds = offset === null || offset === undefined ? 0 : Number(Buffer.from(offset).toString())
  return {
    ...record,
    timestampMs: baseMs + (Number.isFinite(seconds) ? seconds : 0) * 1_000,
    headers: record.headers.filter(({ key }) => key !== timeOffsetHeader),
  }
}
