import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { crc32c } from '../src/core/crc32c.ts'
import { readBatchHeader } from '../src/core/record-batch.ts'
import { FramePool } from '../src/core/frame-pool.ts'
import { TailCache } from '../src/core/tail-cache.ts'
import { logSettings, type LogSettings } from '../src/core/topic-config.ts'
import type { LogContext, LogEvent, PartitionPlace } from '../src/log/log-context.ts'
import { PartitionLog } from '../src/log/partition-log.ts'

/** A folder that goes away with the test. */
export function scratchFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'bt-log-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export interface LogBench {
  readonly place: PartitionPlace
  readonly context: LogContext
  readonly events: LogEvent[]
  /** Wall clock of the log; set it to move time. */
  clock: { nowMs: number }
  space: { isThere: boolean }
}

export function logBench(
  options: { settings?: Partial<LogSettings>; cacheBytes?: number; directory?: string } = {},
): LogBench {
  const events: LogEvent[] = []
  const clock = { nowMs: 10_000 }
  const space = { isThere: true }
  const settings = { ...logSettings({}, {}, { kind: 'os' }), ...options.settings }
  const directory = options.directory ?? join(scratchFolder(), 't-0')
  return {
    events,
    clock,
    space,
    place: { name: 't-0', topicId: 'id-1', directory, settings: () => settings },
    context: {
      cache: new TailCache(options.cacheBytes ?? 0),
      frames: new FramePool({ allocate: (bytes) => Buffer.alloc(bytes), maxFreeBytes: 0 }),
      nowMs: () => clock.nowMs,
      checksum: crc32c,
      hasSpace: () => space.isThere,
      onEvent: (event) => events.push(event),
    },
  }
}

/** Base offsets of all batches from an offset on. */
export async function offsetsFrom(log: PartitionLog, from = log.logStartOffset): Promise<number[]> {
  const offsets: number[] = []
  let next = from
  while (next < log.endOffset) {
    const { pieces } = await log.read(next, 1_000_000)
    if (pieces.length === 0) break
    for (const piece of pieces) {
      for (let at = 0; at < piece.byteLength;) {
        const header = readBatchHeader(piece.subarray(at))
        offsets.push(header.baseOffset)
        next = header.baseOffset + header.lastOffsetDelta + 1
        at += header.sizeBytes
      }
    }
  }
  return offsets
}

/** A new log that is closed with the test. */
export async function newLog(bench: LogBench): Promise<PartitionLog> {
  const log = await PartitionLog.create(bench.place, bench.context)
  onTestFinished(async () => void (await log.close()))
  return log
}
