import { closeSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { frameBytes, scanRecords } from './record-frame.ts'
import type { OpenRun } from './open-runs.ts'

/* segment file  <20 digit number>.spool, numbers ascending:
 *   record 1  {"format":1,"key":<Kafka key of the records>,"open_runs":[...],"records_before":n,"bytes_before":n}
 *             open runs, documents and their bytes before this segment: nobody has to read the older ones for it
 *   record n  one document, msgpack [name, doc] */

export interface SegmentHeader {
  readonly format: 1
  readonly key: string
  readonly open_runs: readonly OpenRun[]
  readonly records_before: number
  readonly bytes_before: number
}

const chunkBytes = 1024 * 1024
const namePattern = /^(\d{20})\.spool$/

export const segmentName = (number: number): string => `${String(number).padStart(20, '0')}.spool`

export function segmentNumber(fileName: string): number | null {
  const digits = namePattern.exec(fileName)?.[1]
  return digits === undefined ? null : Number(digits)
}

export interface SegmentRead {
  readonly payloads: readonly Buffer[]
  /** Offset in the file behind the last payload. */
  readonly end: number
  readonly tail: 'complete' | 'broken'
}

export interface ReadLimits {
  readonly maxRecords: number
  /** Stops behind the record that reaches this many payload bytes. */
  readonly maxBytes: number
  /** Offset of the file at which reading ends. Default: its end. */
  readonly until?: number
}

/** Records of a segment from `offset`. `tail` is `broken` where a torn or damaged record ends the segment. */
export function readSegment(path: string, offset: number, limits: ReadLimits): SegmentRead {
  const fd = openSync(path, 'r')
  try {
    return readRecords(fd, offset, limits)
  } finally {
    closeSync(fd)
  }
}

function readRecords(fd: number, offset: number, limits: ReadLimits): SegmentRead {
  const payloads: Buffer[] = []
  let bytes = 0
  let at = offset
  let window = chunkBytes
  for (;;) {
    const chunk = readChunk(fd, at, Math.min(window, (limits.until ?? Infinity) - at))
    const scan = scanRecords(chunk)
    let end = 0
    for (const record of scan.records) {
      payloads.push(record.payload)
      bytes += record.payload.byteLength
      end = record.end
      if (payloads.length >= limits.maxRecords || bytes >= limits.maxBytes) {
        return { payloads, end: at + end, tail: 'complete' }
      }
    }
    at += end
    if (scan.tail === 'broken') return { payloads, end: at, tail: 'broken' }
    const fileEnded = chunk.byteLength < window // or `until` is reached
    if (fileEnded) return { payloads, end: at, tail: scan.tail === 'complete' ? 'complete' : 'broken' }
    window = Math.max(chunkBytes, scan.wantBytes + frameBytes)
  }
}

function readChunk(fd: number, offset: number, length: number): Buffer {
  const chunk = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const count = readSync(fd, chunk, filled, length - filled, offset + filled)
    if (count === 0) break
    filled += count
  }
  return chunk.subarray(0, filled)
}

/** Decodes the first record. Null when it is not a header of ours. */
export function parseSegmentHeader(payload: Buffer): SegmentHeader | null {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'))
    return isHeader(value) ? value : null
  } catch {
    return null
  }
}

function isHeader(value: unknown): value is SegmentHeader {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === 1 &&
    'key' in value &&
    typeof value.key === 'string' &&
    'open_runs' in value &&
    Array.isArray(value.open_runs) &&
    'records_before' in value &&
    typeof value.records_before === 'number' &&
    'bytes_before' in value &&
    typeof value.bytes_before === 'number'
  )
}

/** Cuts what a dying process left behind the last good record. */
export function truncateSegment(path: string, length: number): void {
  const fd = openSync(path, 'r+')
  try {
    ftruncateSync(fd, length)
  } finally {
    closeSync(fd)
  }
}
