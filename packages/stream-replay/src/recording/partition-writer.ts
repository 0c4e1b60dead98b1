import { type FileHandle, mkdir, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordBatch } from '../batch/batch-header.ts'
import { recordsOf } from '../batch/batch-records.ts'
import { type RecordedPartition, segmentName } from './manifest.ts'
import { SegmentIndex } from './segment-index.ts'

export interface Segment {
  readonly baseOffset: number
  bytes: number
  count: number
  firstTs: number | null
  lastTs: number | null
  /** Smallest first offset that counts within it. */
  first: number
  last: number
  readonly openedMs: number
}

export interface PartitionWriterOptions {
  readonly directory: string
  readonly entry: RecordedPartition
  /** A segment is closed at this size, and in a ring also at this age. */
  readonly segmentBytes: number
  readonly segmentMs: number | null
}

/** Appends batches of one partition, verbatim, to segment files. A kill leaves at most the last batch cut off. */
export class PartitionWriter {
  readonly #options: PartitionWriterOptions
  #file: FileHandle | null = null
  #index = new SegmentIndex(0)
  #active: Segment | null = null
  readonly #closed: Segment[] = []

  constructor(options: PartitionWriterOptions) {
    this.#options = options
  }

  get entry(): RecordedPartition {
    return this.#options.entry
  }

  /** Oldest first; the last one grows. */
  get segments(): readonly Segment[] {
    return this.#active === null ? this.#closed : [...this.#closed, this.#active]
  }

  /** Appends batches that follow each other. `first` and `last` limit which of their messages count. */
  async append(
    batches: readonly RecordBatch[],
    limits: { readonly first: number; readonly last: number; readonly nowMs: number },
  ): Promise<void> {
    let pending: Buffer[] = []
    const write = async (): Promise<void> => {
      const file = this.#file
      if (file !== null && pending.length > 0) await writeAll(file, pending)
      pending = []
    }
    for (const batch of batches) {
      if (this.#mustRoll(batch, limits.nowMs)) {
        await write()
        await this.#roll(batch.header.baseOffset, limits.nowMs)
      }
      pending.push(batch.bytes)
      this.#account(batch, limits)
    }
    await write()
  }

  #mustRoll({ header, bytes }: RecordBatch, nowMs: number): boolean {
    const active = this.#active
    if (active === null) return true
    const { segmentBytes, segmentMs } = this.#options
    return (
      (active.bytes > 0 && active.bytes + bytes.length > segmentBytes) ||
      (segmentMs !== null && nowMs - active.openedMs >= segmentMs) ||
      header.lastOffset - active.baseOffset > 0x7fff_ffff
    )
  }

  async #roll(baseOffset: number, nowMs: number): Promise<void> {
    await this.#closeSegment()
    await mkdir(this.#options.directory, { recursive: true })
    this.#file = await open(join(this.#options.directory, `${segmentName(baseOffset)}.log`), 'a')
    this.#index = new SegmentIndex(baseOffset)
    this.#active = {
      baseOffset,
      bytes: 0,
      count: 0,
      firstTs: null,
      lastTs: null,
      first: -1,
      last: -1,
      openedMs: nowMs,
    }
  }

  #account(batch: RecordBatch, limits: { readonly first: number; readonly last: number }): void {
    const active = this.#active
    if (active === null) return
    const { header, bytes } = batch
    this.#index.add({ ...header, position: active.bytes, sizeBytes: bytes.length })
    const measured = measure(batch, limits)
    const { entry } = this.#options
    for (const total of [active, entry]) {
      total.bytes += bytes.length
      total.count += measured.count
      if (measured.count === 0) continue
      if (total.first < 0) total.first = measured.first
      total.last = measured.last
      total.firstTs = Math.min(total.firstTs ?? measured.firstTs, measured.firstTs)
      total.lastTs = Math.max(total.lastTs ?? measured.lastTs, measured.lastTs)
    }
  }

  /** Removes the oldest segment of a ring; returns what it held, or null when only the growing one is left. */
  async dropOldest(): Promise<Segment | null> {
    const segment = this.#closed.shift()
    if (segment === undefined) return null
    for (const ending of ['log', 'idx', 'tix'])
      await rm(join(this.#options.directory, `${segmentName(segment.baseOffset)}.${ending}`), { force: true })
    const { entry } = this.#options
    const rest = this.segments
    const times = (pick: (one: Segment) => number | null): number[] =>
      rest.map(pick).filter((one) => one !== null)
    entry.bytes -= segment.bytes
    entry.count -= segment.count
    entry.first = rest.find(({ first }) => first >= 0)?.first ?? -1
    if (entry.first < 0) entry.last = -1
    entry.firstTs = entry.count === 0 ? null : Math.min(...times((one) => one.firstTs))
    return segment
  }

  async sync(): Promise<void> {
    await this.#file?.datasync()
  }

  async #closeSegment(): Promise<void> {
    const active = this.#active
    if (active === null || this.#file === null) return
    await this.#file.datasync()
    await this.#file.close()
    this.#file = null
    this.#active = null
    this.#closed.push(active)
    const base = join(this.#options.directory, segmentName(active.baseOffset))
    await writeFile(`${base}.idx`, this.#index.offsetFile())
    await writeFile(`${base}.tix`, this.#index.timeFile())
  }

  async close(): Promise<void> {
    await this.#closeSegment()
  }
}

/** How much of a batch lies within the limits. Batches that lie within as a whole are not taken apart. */
export function measure(
  batch: RecordBatch,
  limits: { readonly first: number; readonly last: number },
): {
  readonly count: number
  readonly first: number
  readonly last: number
  readonly firstTs: number
  readonly lastTs: number
} {
  const { header } = batch
  const none = { count: 0, first: -1, last: -1, firstTs: 0, lastTs: 0 }
  if (header.isControl || header.recordsCount === 0) return none
  const isWhole = header.baseOffset >= limits.first && header.lastOffset <= limits.last
  if (isWhole)
    return {
      count: header.recordsCount,
      first: header.baseOffset,
      last: header.lastOffset,
      firstTs: header.isAppendTime ? header.maxTimestampMs : header.baseTimestampMs,
      lastTs: header.maxTimestampMs,
    }
  const within = recordsOf(batch).filter(({ offset }) => offset >= limits.first && offset <= limits.last)
  const [first] = within
  const last = within.at(-1)
  if (first === undefined || last === undefined) return none
  const times = within.map(({ timestampMs }) => timestampMs)
  return {
    count: within.length,
    first: first.offset,
    last: last.offset,
    firstTs: Math.min(...times),
    lastTs: Math.max(...times),
  }
}

/** writev may write less than it was given. */
async function writeAll(file: FileHandle, buffers: readonly Buffer[]): Promise<void> {
  const total = buffers.reduce((sum, { length }) => sum + length, 0)
  const { bytesWritten } = await file.writev([...buffers])
  if (bytesWritten === total) return
  let rest = Buffer.concat(buffers).subarray(bytesWritten)
  while (rest.length > 0) {
    const written = await file.write(rest)
    rest = rest.subarray(written.bytesWritten)
  }
}
