import { recordsOf, type StreamRecord } from '../batch/batch-records.ts'
import type { RecordBatch } from '../batch/batch-header.ts'
import type { SourcePartition, StreamSource } from '../source/stream-source.ts'

/** One partition message by message, forwards or backwards, holding one piece of it at a time. */
export interface PartitionWalk {
  readonly partition: number
  /** Forwards: offset of the next message. Backwards: offset behind the next message. What a later walk starts with. */
  readonly place: number
  /** The next message, null at the end. */
  peek(): Promise<StreamRecord | null>
  /** Goes past the message that `peek` gave. */
  take(): void
  close(): Promise<void>
}

export interface WalkStart {
  readonly source: StreamSource
  readonly partition: SourcePartition
  readonly place: number
}

export function walkForward(start: WalkStart): PartitionWalk {
  return new ForwardWalk(start)
}

export function walkBackward(start: WalkStart): PartitionWalk {
  return new BackwardWalk(start)
}

class ForwardWalk implements PartitionWalk {
  readonly partition: number
  readonly #last: number
  readonly #batches: AsyncGenerator<RecordBatch>
  #records: readonly StreamRecord[] = []
  #at = 0
  #place: number

  constructor({ source, partition, place }: WalkStart) {
    this.partition = partition.partition
    this.#last = partition.last
    this.#place = Math.max(place, partition.first)
    this.#batches = source.batches(partition, this.#place)
  }

  get place(): number {
    return this.#place
  }

  async peek(): Promise<StreamRecord | null> {
    while (this.#place <= this.#last) {
      const record = this.#records[this.#at]
      if (record !== undefined) return record
      const { value: batch, done } = await this.#batches.next()
      if (done === true) break
      if (batch.header.isControl) continue
      this.#records = recordsOf(batch).filter(({ offset }) => offset >= this.#place && offset <= this.#last)
      this.#at = 0
    }
    this.#place = Math.max(this.#place, this.#last + 1)
    return null
  }

  take(): void {
    const record = this.#records[this.#at]
    if (record === undefined) return
    this.#at++
    this.#place = record.offset + 1
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined)
  }
}

/** Messages of the first piece; pieces double while they stay small, so that large messages are not read by the hundred. */
const firstPiece = 16
const largestPiece = 4_096
const pieceBytes = 1_048_576

class BackwardWalk implements PartitionWalk {
  readonly partition: number
  readonly #start: WalkStart
  #records: StreamRecord[] = []
  #piece = firstPiece
  /** Offset behind what was read. */
  #readTo: number
  #place: number

  constructor(start: WalkStart) {
    const { partition, place } = start
    this.partition = partition.partition
    this.#start = start
    this.#place = Math.max(partition.first, Math.min(place, partition.last + 1))
    this.#readTo = this.#place
  }

  get place(): number {
    return this.#place
  }

  async peek(): Promise<StreamRecord | null> {
    const { first } = this.#start.partition
    while (this.#records.length === 0 && this.#readTo > first) {
      const from = Math.max(first, this.#readTo - this.#piece)
      this.#records = await this.#read(from, this.#readTo)
      this.#readTo = from
      const bytes = this.#records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
      if (bytes < pieceBytes) this.#piece = Math.min(largestPiece, this.#piece * 2)
      else this.#piece = Math.max(1, this.#piece >> 1)
    }
    const next = this.#records.at(-1) ?? null
    if (next === null) this.#place = first
    return next
  }

  take(): void {
    const record = this.#records.pop()
    if (record !== undefined) this.#place = record.offset
  }

  /** Messages with from <= offset < to. */
  async #read(from: number, to: number): Promise<StreamRecord[]> {
    const { source, partition } = this.#start
    const found: StreamRecord[] = []
    for await (const batch of source.batches({ ...partition, last: to - 1 }, from)) {
      if (batch.header.isControl) continue
      found.push(...recordsOf(batch).filter(({ offset }) => offset >= from && offset < to))
    }
    return found
  }

  close(): Promise<void> {
    this.#records = []
    return Promise.resolve()
  }
}
