import { readdirSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { readAcknowledged, type SpoolPosition } from './acknowledged-file.ts'
import type { OpenRun } from './open-runs.ts'
import {
  parseSegmentHeader,
  readSegment,
  segmentName,
  segmentNumber,
  truncateSegment,
  type SegmentHeader,
} from './segment-file.ts'
import {
  openSpoolLog,
  type Segment,
  type SpoolCount,
  type SpoolLog,
  type SpoolLogOptions,
} from './spool-log.ts'

export interface RecoveredSpool {
  readonly log: SpoolLog
  /** The runs that were open before `newest`. */
  readonly openRunsBefore: readonly OpenRun[]
  /** The documents of the newest segment, acknowledged or not, oldest first. */
  readonly newest: readonly Uint8Array[]
  /** Bytes of torn and unreadable records at the end of the newest segment, cut away. */
  readonly cutBytes: number
}

interface Found {
  readonly segment: Segment
  readonly header: SegmentHeader
}

const everything = { maxRecords: Infinity, maxBytes: Infinity }

/** Opens what a dead process left in `dir`: unacknowledged records are pending, appends go on behind. Only the newest
 * segment can have a torn end and only it is read whole, so that a spool of gigabytes is opened at once. */
export function recoverSpoolLog(options: SpoolLogOptions): RecoveredSpool {
  const { dir } = options
  const acknowledged = readAcknowledged(dir)
  const found = findSegments(dir)
  const last = found.at(-1)
  if (last === undefined) {
    const log = openSpoolLog(options, { segments: [], cursor: null, acknowledged: nothing, total: nothing })
    return { log, openRunsBefore: [], newest: [], cutBytes: 0 }
  }
  const scan = readSegment(last.segment.path, 0, everything)
  const cutBytes = last.segment.length - scan.end
  if (cutBytes > 0) truncateSegment(last.segment.path, scan.end)
  last.segment.length = scan.end
  const newest = scan.payloads.slice(1)
  const log = openSpoolLog(options, {
    segments: found.map(({ segment }) => segment),
    cursor: acknowledged,
    acknowledged: countUpTo(found, acknowledged),
    total: add(last.header, newest),
  })
  return { log, openRunsBefore: last.header.open_runs, newest, cutBytes }
}

const nothing: SpoolCount = { records: 0, bytes: 0 }

function findSegments(dir: string): readonly Found[] {
  return segmentNumbers(dir).flatMap((number): Found[] => {
    const path = join(dir, segmentName(number))
    const [first] = readSegment(path, 0, { maxRecords: 1, maxBytes: Infinity }).payloads
    const header = first === undefined ? null : parseSegmentHeader(first)
    if (header !== null)
      return [{ header, segment: { number, key: header.key, path, length: statSync(path).size } }]
    unlinkSync(path) // died while starting the segment: no document is in it
    return []
  })
}

function segmentNumbers(dir: string): readonly number[] {
  return readdirSync(dir)
    .map(segmentNumber)
    .filter((number) => number !== null)
    .toSorted((a, b) => a - b)
}

function countUpTo(found: readonly Found[], position: SpoolPosition | null): SpoolCount {
  const first = found[0]
  if (first === undefined) return nothing
  const before = { records: first.header.records_before, bytes: first.header.bytes_before }
  if (position === null || position.segment < first.segment.number) return before
  const at = found.find(({ segment }) => segment.number === position.segment)
  if (at === undefined) return before
  const { payloads } = readSegment(at.segment.path, 0, {
    maxRecords: Infinity,
    maxBytes: Infinity,
    until: position.offset,
  })
  return add(at.header, payloads.slice(1))
}

function add(header: SegmentHeader, payloads: readonly Uint8Array[]): SpoolCount {
  const bytes = payloads.reduce((sum, payload) => sum + payload.byteLength, 0)
  return { records: header.records_before + payloads.length, bytes: header.bytes_before + bytes }
}
