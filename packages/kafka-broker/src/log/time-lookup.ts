import { codecNames, recordsSection, recordTimes, type RecordTime } from '../core/record-batch.ts'
import { decompress } from './compression.ts'
import type { PartitionLog } from './partition-log.ts'
import { type BatchAt, findBatch, overRewriting } from './segment-reader.ts'

/** The first record at or after a time, exact to the record; null when there is none. */
export async function offsetForTime(log: PartitionLog, timestampMs: number): Promise<RecordTime | null> {
  return await overRewriting(() => findTime(log, timestampMs))
}

async function findTime(log: PartitionLog, timestampMs: number): Promise<RecordTime | null> {
  for (const segment of log.segments) {
    if (segment.maxTimestampMs < timestampMs || segment.nextOffset <= log.logStartOffset) continue
    const index = await segment.index()
    let from = Math.max(segment.baseOffset + index.offsetBefore(timestampMs), log.logStartOffset)
    for (;;) {
      const batch = await findBatch(segment, from, (header) => header.maxTimestamp >= timestampMs)
      if (batch === null) break
      const found = await firstRecord(
        batch,
        (record) => record.timestampMs >= timestampMs && record.offset >= log.logStartOffset,
      )
      if (found !== null) return found
      from = batch.header.baseOffset + batch.header.lastOffsetDelta + 1
    }
  }
  return null
}

/** The record with the largest timestamp; null in an empty log. */
export async function offsetOfLargestTime(log: PartitionLog): Promise<RecordTime | null> {
  return await overRewriting(() => findLargestTime(log))
}

async function findLargestTime(log: PartitionLog): Promise<RecordTime | null> {
  const largest = log.segments.reduce((max, segment) => Math.max(max, segment.maxTimestampMs), -1)
  const segment = log.segments.find(
    (candidate) => candidate.maxTimestampMs === largest && candidate.sizeBytes > 0,
  )
  if (segment === undefined) return null
  const from = Math.max(segment.baseOffset, log.logStartOffset)
  const batch = await findBatch(segment, from, (header) => header.maxTimestamp === largest)
  return batch === null ? null : await firstRecord(batch, (record) => record.timestampMs === largest)
}

async function firstRecord(
  batch: BatchAt,
  wanted: (record: RecordTime) => boolean,
): Promise<RecordTime | null> {
  const { header, bytes } = batch
  const section = await decompress(codecNames[header.codec] ?? 'none', recordsSection(bytes))
  for (const record of recordTimes(header, section)) if (wanted(record)) return record
  return null
}
