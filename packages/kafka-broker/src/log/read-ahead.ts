import type { ReadResult } from './log-context.ts'
import type { PartitionLog } from './partition-log.ts'
import type { ReadBuffers } from './read-buffers.ts'

/** Reads that wait for their reader; each holds one buffer. */
const mostSlots = 16

interface Slot {
  readonly offset: number
  readonly maxBytes: number
  /** Null after a failure: the reader tries again and has the error. */
  readonly result: Promise<ReadResult | null>
}

/**
 * Who reads a log from its files one piece after the other finds the next piece read already, while the last one was on its
 * way. A read out of order, or by a second reader of the same log, is read when it is asked for.
 */
export class ReadAhead {
  readonly #buffers: ReadBuffers
  readonly #slots = new Map<PartitionLog, Slot>()
  readonly #nextOffsets = new WeakMap<PartitionLog, number>()

  constructor(buffers: ReadBuffers) {
    this.#buffers = buffers
  }

  /** As {@link PartitionLog.read}; the buffer of the result belongs to the caller. */
  async read(
    log: PartitionLog,
    want: { readonly offset: number; readonly maxBytes: number },
  ): Promise<ReadResult> {
    const { offset, maxBytes } = want
    const isInOrder = this.#nextOffsets.get(log) === offset
    const ready = await this.#take(log, want)
    const read = ready ?? (await log.read(offset, maxBytes, this.#buffers))
    this.#nextOffsets.set(log, read.nextOffset)
    // The end of the log is in memory.
    const goesOn = read.nextOffset < log.endOffset && log.readTail(read.nextOffset, 0) === null
    if (isInOrder && read.sizeBytes > 0 && goesOn) this.#begin(log, { offset: read.nextOffset, maxBytes })
    return read
  }

  async #take(
    log: PartitionLog,
    { offset, maxBytes }: { readonly offset: number; readonly maxBytes: number },
  ): Promise<ReadResult | null> {
    const slot = this.#slots.get(log)
    if (slot === undefined) return null
    if (slot.offset !== offset || slot.maxBytes !== maxBytes) {
      this.#drop(log, slot)
      return null
    }
    this.#slots.delete(log)
    const read = await slot.result
    return read !== null && read.sizeBytes > 0 ? read : null
  }

  #begin(
    log: PartitionLog,
    { offset, maxBytes }: { readonly offset: number; readonly maxBytes: number },
  ): void {
    const result = log.read(offset, maxBytes, this.#buffers).catch(() => null)
    this.#slots.set(log, { offset, maxBytes, result })
    const [oldest] = this.#slots
    if (this.#slots.size > mostSlots && oldest !== undefined) this.#drop(...oldest)
  }

  #drop(log: PartitionLog, slot: Slot): void {
    this.#slots.delete(log)
    void slot.result.then((read) => {
      if (read?.buffer) this.#buffers.give(read.buffer)
    })
  }
}
