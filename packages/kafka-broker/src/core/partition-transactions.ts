/* What a partition knows of transactions: which are open, so that readers of committed records stop before them, and which
 * were aborted, so that those readers leave their records out. */

/** Records of a producer from its first to its control record are not to be shown. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** Of the control record. */
  readonly lastOffset: number
  /** First open transaction when it ended. */
  readonly lastStableOffset: number
}

export type OpenTransaction = readonly [producerId: number, firstOffset: number]

/** A batch as it concerns transactions; `ends` is set for control batches. */
export interface TransactionalBatch {
  readonly producerId: number
  readonly baseOffset: number
  readonly ends: 'committed' | 'aborted' | null
}

export class PartitionTransactions {
  readonly #open = new Map<number, number>()
  #aborted: AbortedTransaction[] = []

  get open(): readonly OpenTransaction[] {
    return [...this.#open]
  }

  get aborted(): readonly AbortedTransaction[] {
    return this.#aborted
  }

  restore(open: readonly OpenTransaction[], aborted: readonly AbortedTransaction[]): void {
    this.#open.clear()
    for (const [producerId, firstOffset] of open) this.#open.set(producerId, firstOffset)
    this.#aborted = [...aborted]
  }

  /** Takes note of a transactional batch, in the order of the log. */
  add({ producerId, baseOffset, ends }: TransactionalBatch): void {
    if (ends === null) {
      if (!this.#open.has(producerId)) this.#open.set(producerId, baseOffset)
      return
    }
    const firstOffset = this.#open.get(producerId)
    this.#open.delete(producerId)
    // A marker that is written again after a crash ends nothing.
    if (ends === 'committed' || firstOffset === undefined) return
    const lastStableOffset = this.stableOffset(baseOffset + 1)
    this.#aborted.push({ producerId, firstOffset, lastOffset: baseOffset, lastStableOffset })
  }

  /** Offset of the first record whose fate is open; `endOffset` when there is none. */
  stableOffset(endOffset: number): number {
    let first = endOffset
    for (const offset of this.#open.values()) first = Math.min(first, offset)
    return first
  }

  /** Aborted transactions with records from `from` up to `until`. */
  abortedIn(from: number, until: number): readonly AbortedTransaction[] {
    if (this.#aborted.length === 0) return this.#aborted
    return this.#aborted.filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < until)
  }

  isAborted(producerId: number, offset: number): boolean {
    return this.#aborted.some(
      (one) => one.producerId === producerId && offset >= one.firstOffset && offset <= one.lastOffset,
    )
  }

  /** Forgets what ended below an offset: its records are deleted. */
  dropBelow(offset: number): void {
    if (this.#aborted.length > 0)
      this.#aborted = this.#aborted.filter(({ lastOffset }) => lastOffset >= offset)
  }
}
