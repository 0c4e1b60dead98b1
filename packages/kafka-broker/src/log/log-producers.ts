import { endOfControlBatch } from '../core/control-record.ts'
import { type OpenTransaction, PartitionTransactions } from '../core/partition-transactions.ts'
import { type ProducerEntry, ProducerState } from '../core/producer-state.ts'
import type { BatchHeader } from '../core/record-batch.ts'
import { readProducerSnapshot, writeProducerSnapshot } from './partition-files.ts'

/** Who writes to a partition, as of what is written: sequence numbers and transactions. */
export class LogProducers {
  readonly state = new ProducerState()
  readonly transactions = new PartitionTransactions()
  readonly #directory: string
  readonly #nowMs: () => number
  /** Offset of the snapshot that was not read yet. */
  #at: number | null
  #loading: Promise<void> | null = null

  constructor(directory: string, options: { readonly at: number | null; readonly nowMs: () => number }) {
    this.#directory = directory
    this.#at = options.at
    this.#nowMs = options.nowMs
  }

  /** After a clean start the sequence numbers are read when the first producer comes. */
  get isOnDisk(): boolean {
    return this.#at !== null
  }

  load(): Promise<void> {
    this.#loading ??= readProducerSnapshot(this.#directory, this.#at ?? 0).then((snapshot) =>
      this.restore(snapshot?.entries ?? []),
    )
    return this.#loading
  }

  restore(entries: readonly ProducerEntry[]): void {
    this.#at = null
    this.state.restore(entries)
    this.state.expire(this.#nowMs())
  }

  /** Takes note of a batch that was written, or found at a start. */
  noteTransaction(header: BatchHeader, baseOffset: number, bytes: Uint8Array): void {
    const { isTransactional, isControl, producerId } = header
    if (!isTransactional) return
    const ends = isControl ? endOfControlBatch(header, bytes) : null
    if (isControl && ends === null) return
    this.transactions.add({ producerId, baseOffset, ends })
  }

  /** Beside a segment that is closed at an offset, for recovery. */
  async writeSnapshot(offset: number): Promise<void> {
    await writeProducerSnapshot(this.#directory, offset, this.#snapshot())
  }

  #snapshot(): { entries: readonly ProducerEntry[]; open: readonly OpenTransaction[] } {
    return { entries: this.state.snapshot(), open: this.transactions.open }
  }

  /** At a clean stop; returns where the snapshot is. */
  async close(endOffset: number): Promise<number | null> {
    if (this.state.size === 0) return this.#at
    await this.writeSnapshot(endOffset)
    return endOffset
  }
}
