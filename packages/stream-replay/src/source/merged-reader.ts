import type { RecordBatch } from '../batch/batch-header.ts'
import { recordsOf, type StreamRecord } from '../batch/batch-records.ts'
import type { SourcePartition, StreamSource } from './stream-source.ts'

/** One message, or a batch of them that stays as it is. `timeMs` never falls within a partition. */
export type Unit =
  | {
      readonly kind: 'record'
      readonly source: SourcePartition
      readonly timeMs: number
      readonly record: StreamRecord
      /** Codec of the batch that it came in. */
      readonly codec: number
      /** To be called once when nobody reads the record any more; null: there is no need. */
      readonly letGo: (() => void) | null
      readonly count: 1
      readonly bytes: number
    }
  | {
      readonly kind: 'batch'
      readonly source: SourcePartition
      readonly timeMs: number
      readonly batch: RecordBatch
      readonly count: number
      readonly bytes: number
    }

/** Nobody reads the unit any more. Once for each unit, or never: that only costs the collector. */
export function letGo(unit: Unit): void {
  if (unit.kind === 'record') unit.letGo?.()
  else unit.batch.release?.()
}

export interface MergedReaderOptions {
  /** First offset of a partition; default its first. */
  from(partition: SourcePartition): number
  /** Whether a batch may be taken as a whole. Asked only for batches of which every message is wanted. */
  isWhole(batch: RecordBatch): boolean
}

interface Cursor {
  readonly source: SourcePartition
  readonly batches: AsyncGenerator<RecordBatch>
  readonly from: number
  head: Unit | null
  records: readonly StreamRecord[]
  at: number
  codec: number
  letGo: (() => void) | null
  lastMs: number
}

/** Messages of all partitions in one order: by time, then topic, partition, offset. Offsets of a partition never change places. */
export class MergedReader {
  readonly #cursors: Cursor[]
  readonly #options: MergedReaderOptions
  readonly #seenAs: ((record: StreamRecord) => StreamRecord) | null
  #isPrimed = false

  constructor(source: StreamSource, options: MergedReaderOptions) {
    this.#options = options
    this.#seenAs = source.seenAs ?? null
    this.#cursors = source.partitions
      .toSorted((a, b) => a.topicOrder - b.topicOrder || a.partition - b.partition)
      .map((partition) => {
        const from = Math.max(partition.first, options.from(partition))
        return {
          source: partition,
          batches: source.batches(partition, from),
          from,
          head: null,
          records: [],
          at: 0,
          codec: 0,
          letGo: null,
          lastMs: Number.NEGATIVE_INFINITY,
        }
      })
  }

  async next(): Promise<Unit | null> {
    if (!this.#isPrimed) {
      this.#isPrimed = true
      await Promise.all(this.#cursors.map((cursor) => this.#advance(cursor)))
    }
    let first: Cursor | null = null
    for (const cursor of this.#cursors) {
      if (cursor.head === null) continue
      if (first?.head == null || cursor.head.timeMs < first.head.timeMs) first = cursor
    }
    const unit = first?.head ?? null
    if (first !== null) {
      if (!this.#takeRecord(first)) await this.#advance(first)
    }
    return unit
  }

  /** The next message of a batch that is taken apart. */
  #takeRecord(cursor: Cursor): boolean {
    const record = cursor.records[cursor.at]
    if (record === undefined) return false
    cursor.at++
    cursor.lastMs = Math.max(cursor.lastMs, record.timestampMs)
    cursor.head = {
      kind: 'record',
      source: cursor.source,
      timeMs: cursor.lastMs,
      record,
      codec: cursor.codec,
      letGo: cursor.letGo,
      count: 1,
      bytes: (record.key?.length ?? 0) + (record.value?.length ?? 0),
    }
    return true
  }

  async #advance(cursor: Cursor): Promise<void> {
    const { source, from } = cursor
    for (;;) {
      if (this.#takeRecord(cursor)) return
      const { value: batch, done } = await cursor.batches.next()
      if (done === true) {
        cursor.head = null
        return
      }
      const { header } = batch
      if (header.isControl || header.recordsCount === 0) {
        batch.release?.()
        continue
      }
      const isInside = header.baseOffset >= from && header.lastOffset <= source.last
      if (isInside && this.#seenAs === null && this.#options.isWhole(batch)) {
        const timeMs = Math.max(
          cursor.lastMs,
          header.isAppendTime ? header.maxTimestampMs : header.baseTimestampMs,
        )
        cursor.lastMs = Math.max(timeMs, header.maxTimestampMs)
        cursor.head = {
          kind: 'batch',
          source,
          timeMs,
          batch,
          count: header.recordsCount,
          bytes: batch.bytes.length,
        }
        return
      }
      const stored = recordsOf(batch)
      const records = this.#seenAs === null ? stored : stored.map(this.#seenAs)
      cursor.records = isInside
        ? records
        : records.filter(({ offset }) => offset >= from && offset <= source.last)
      cursor.at = 0
      cursor.codec = header.codec
      cursor.letGo = letGoOf(batch, cursor.records.length)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#cursors.map(({ batches }) => batches.return(undefined)))
  }
}

/** Releases a batch when all its records were let go. Unpacked records are bytes of their own. */
function letGoOf({ header, release }: RecordBatch, count: number): (() => void) | null {
  if (release === undefined) return null
  if (header.codec !== 0 || count === 0) {
    release()
    return null
  }
  let left = count
  return () => {
    if (--left === 0) release()
  }
}
