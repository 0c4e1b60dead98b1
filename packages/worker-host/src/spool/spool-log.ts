import { closeSync, fdatasync, mkdirSync, openSync, rmSync, unlinkSync, writeSync, writevSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { WorkerHostError } from '../error.ts'
import { openAcknowledged, type SpoolPosition } from './acknowledged-file.ts'
import type { OpenRun } from './open-runs.ts'
import { frameBytes, writeFrame } from './record-frame.ts'
import { readSegment, segmentName, truncateSegment, type SegmentHeader } from './segment-file.ts'

const fdatasyncAsync = promisify(fdatasync)

/** Records up to this size are copied behind their frame and written with one call. */
const copyLimitBytes = 64 * 1024

export interface SpoolCount {
  readonly records: number
  /** Payload bytes. */
  readonly bytes: number
}

export interface SpoolLogOptions {
  readonly dir: string
  /** Kafka key of the records appended here. */
  readonly key: string
  /** A segment is closed at this size, default 16 MiB. */
  readonly segmentBytes?: number
  /** Unsent records kept in memory as well, default 64 MiB; beyond that they are read back from disk. */
  readonly memoryBytes?: number
  /** Written into each new segment's header. */
  openRuns(): readonly OpenRun[]
}

export interface SpoolBatch {
  readonly key: string
  readonly payloads: readonly Uint8Array[]
  readonly end: SpoolPosition
}

/** An append-only log of documents that were not acknowledged yet. Every record is handed to the operating system
 * before `append` returns, so that a killed process loses nothing; `sync` makes it survive a power loss as well. */
export interface SpoolLog {
  readonly pendingRecords: number
  readonly pendingBytes: number
  /** Throws WORKER_SPOOL_IO when the disk does not take it. */
  append(payload: Uint8Array): void
  /** The oldest records not handed out yet, null when there are none. Batches never cross segments. */
  next(maxRecords: number, maxBytes: number): SpoolBatch | null
  /** Batches are acknowledged in the order in which they were handed out. */
  acknowledge(batch: SpoolBatch): void
  sync(): Promise<void>
  /** Closes the files; removes the folder when nothing is pending. */
  close(): void
}

export interface Segment {
  readonly number: number
  readonly key: string
  readonly path: string
  /** Offset behind the last record. */
  length: number
}

interface OpenSegment {
  readonly segment: Segment
  readonly fd: number
}

interface MemoryEntry {
  readonly payload: Uint8Array
  readonly end: SpoolPosition
}

/** A new log in `dir`, which is made. */
export function createSpoolLog(options: SpoolLogOptions): SpoolLog {
  mkdirSync(options.dir, { recursive: true, mode: 0o700 })
  const nothing = { records: 0, bytes: 0 }
  return openSpoolLog(options, { segments: [], cursor: null, acknowledged: nothing, total: nothing })
}

/** What a folder holds when it is opened. */
export interface LogState {
  readonly segments: Segment[]
  /** Records up to here are acknowledged; null = none. */
  readonly cursor: SpoolPosition | null
  readonly acknowledged: SpoolCount
  /** Everything ever appended. */
  readonly total: SpoolCount
}

/** A log that goes on behind what is found. */
export function openSpoolLog(options: SpoolLogOptions, found: LogState): SpoolLog {
  const { dir, key } = options
  const segmentBytes = options.segmentBytes ?? 16 * 1024 * 1024
  const memoryBytes = options.memoryBytes ?? 64 * 1024 * 1024
  const scratch = Buffer.allocUnsafe(copyLimitBytes + frameBytes)
  const acknowledged = openAcknowledged(dir)
  const segments = found.segments
  const total = { ...found.total }
  let pendingRecords = total.records - found.acknowledged.records
  let pendingBytes = total.bytes - found.acknowledged.bytes
  let inFlight = 0
  let active: OpenSegment | null = null
  let cursor = startOfReading(segments, found.cursor)
  let memory: MemoryEntry[] = []
  let memoryHead = 0
  let memoryUsed = 0
  let memoryReachesEnd = segments.length === 0
  let closed = false

  function beginSegment(): OpenSegment {
    const number = (segments.at(-1)?.number ?? 0) + 1
    const path = join(dir, segmentName(number))
    const opened: OpenSegment = { segment: { number, key, path, length: 0 }, fd: openSync(path, 'ax', 0o600) }
    const { records, bytes } = total
    const header: SegmentHeader = {
      format: 1,
      key,
      open_runs: options.openRuns(),
      records_before: records,
      bytes_before: bytes,
    }
    try {
      writeRecord(opened, Buffer.from(JSON.stringify(header)))
    } catch (error) {
      closeSync(opened.fd)
      unlinkSync(path)
      throw error
    }
    segments.push(opened.segment)
    cursor ??= { segment: number, offset: opened.segment.length }
    return opened
  }

  function writeRecord(target: OpenSegment, payload: Uint8Array): void {
    writeFrame(scratch, payload)
    const total = frameBytes + payload.byteLength
    let written: number
    if (payload.byteLength <= copyLimitBytes) {
      scratch.set(payload, frameBytes)
      written = writeSync(target.fd, scratch, 0, total)
    } else {
      written = writevSync(target.fd, [scratch.subarray(0, frameBytes), payload])
    }
    if (written !== total) {
      truncateSegment(target.segment.path, target.segment.length)
      throw new Error(`the disk took ${written} of ${total} bytes`)
    }
    target.segment.length += total
  }

  function remember(payload: Uint8Array, end: SpoolPosition): void {
    if (!memoryReachesEnd) return
    if (memoryUsed + payload.byteLength > memoryBytes) {
      memoryReachesEnd = false
      return
    }
    memory.push({ payload, end })
    memoryUsed += payload.byteLength
  }

  function takeFromMemory(maxRecords: number, maxBytes: number): SpoolBatch | null {
    const payloads: Uint8Array[] = []
    let bytes = 0
    let last: SpoolPosition | null = null
    while (memoryHead < memory.length && payloads.length < maxRecords && bytes < maxBytes) {
      const entry = memory[memoryHead]
      if (entry === undefined || (last !== null && entry.end.segment !== last.segment)) break
      payloads.push(entry.payload)
      bytes += entry.payload.byteLength
      last = entry.end
      memoryHead += 1
    }
    if (last === null) return null
    memoryUsed -= bytes
    if (memoryHead > 1024 && memoryHead * 2 > memory.length) {
      memory = memory.slice(memoryHead)
      memoryHead = 0
    }
    cursor = last
    return { key: keyOf(last), payloads, end: last }
  }

  function takeFromDisk(maxRecords: number, maxBytes: number): SpoolBatch | null {
    while (cursor !== null) {
      const at = cursor
      const segment = segments.find((candidate) => candidate.number === at.segment)
      if (segment !== undefined && at.offset < segment.length) {
        const read = readSegment(segment.path, at.offset, { maxRecords, maxBytes })
        if (read.payloads.length > 0) {
          cursor = { segment: segment.number, offset: read.end }
          return { key: segment.key, payloads: read.payloads, end: cursor }
        }
      }
      const following = segments.find((candidate) => candidate.number > at.segment)
      if (following === undefined) break
      cursor = { segment: following.number, offset: headerLength(following) }
    }
    memoryReachesEnd = true
    return null
  }

  function keyOf(position: SpoolPosition): string {
    return segments.find((segment) => segment.number === position.segment)?.key ?? key
  }

  function dropSegmentsBefore(position: SpoolPosition): void {
    for (;;) {
      const oldest = segments[0]
      if (oldest === undefined || oldest === active?.segment || oldest.number >= position.segment) return
      segments.shift()
      unlinkSync(oldest.path)
    }
  }

  return {
    get pendingRecords() {
      return pendingRecords
    },
    get pendingBytes() {
      return pendingBytes
    },
    append(payload) {
      try {
        if (active !== null && active.segment.length >= segmentBytes) {
          closeSync(active.fd)
          active = null
        }
        active ??= beginSegment()
        const target = active
        writeRecord(target, payload)
        remember(payload, { segment: target.segment.number, offset: target.segment.length })
      } catch (cause) {
        throw spoolIo(dir, cause)
      }
      total.records += 1
      total.bytes += payload.byteLength
      pendingRecords += 1
      pendingBytes += payload.byteLength
    },
    next(maxRecords, maxBytes) {
      const batch =
        memoryHead < memory.length
          ? takeFromMemory(maxRecords, maxBytes)
          : memoryReachesEnd
            ? null
            : takeFromDisk(maxRecords, maxBytes)
      if (batch !== null) inFlight += batch.payloads.length
      else if (inFlight === 0) pendingRecords = pendingBytes = 0 // what was counted and is not there was damaged
      return batch
    },
    acknowledge(batch) {
      inFlight -= batch.payloads.length
      pendingRecords -= batch.payloads.length
      for (const payload of batch.payloads) pendingBytes -= payload.byteLength
      acknowledged.write(batch.end)
      dropSegmentsBefore(batch.end)
    },
    async sync() {
      if (active !== null) await fdatasyncAsync(active.fd)
    },
    close() {
      if (closed) return
      closed = true
      if (active !== null) closeSync(active.fd)
      active = null
      acknowledged.close()
      if (pendingRecords === 0) rmSync(dir, { recursive: true, force: true })
    },
  }
}

function startOfReading(
  segments: readonly Segment[],
  acknowledged: SpoolPosition | null,
): SpoolPosition | null {
  const first = segments[0]
  if (first === undefined) return null
  if (acknowledged !== null && acknowledged.segment >= first.number) return acknowledged
  return { segment: first.number, offset: headerLength(first) }
}

function headerLength(segment: Segment): number {
  return readSegment(segment.path, 0, { maxRecords: 1, maxBytes: Infinity }).end
}

function spoolIo(dir: string, cause: unknown): WorkerHostError {
  return new WorkerHostError({
    code: 'WORKER_SPOOL_IO',
    message: `a document could not be written to ${dir}: ${cause instanceof Error ? cause.message : String(cause)}`,
    fault: 'environment',
    remedy: 'Free disk space or give the data folder another disk, then run the plan again.',
    canRetry: true,
    cause,
  })
}
