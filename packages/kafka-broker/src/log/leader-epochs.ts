import { lastAtMost } from '../core/sparse-index.ts'
import { type EpochEntry, writeEpochs } from './partition-files.ts'

/** The leader epochs of a partition: each begins at an offset, after an unclean stop. */
export class LeaderEpochs {
  readonly #directory: string
  #entries: readonly EpochEntry[]

  constructor(directory: string, entries: readonly EpochEntry[]) {
    this.#directory = directory
    this.#entries = entries
  }

  get entries(): readonly EpochEntry[] {
    return this.#entries
  }

  get current(): number {
    return this.#entries.at(-1)?.epoch ?? 0
  }

  async start(epoch: number, startOffset: number): Promise<void> {
    const before = this.#entries.filter((entry) => entry.startOffset < startOffset)
    this.#entries = [...before, { epoch, startOffset }]
    await writeEpochs(this.#directory, this.#entries)
  }

  /** The largest epoch at most `epoch` and where it ends; null when there is none. */
  endOf(epoch: number, logEndOffset: number): { epoch: number; endOffset: number } | null {
    const at = lastAtMost(
      this.#entries.map((entry) => entry.epoch),
      epoch,
    )
    const entry = this.#entries[at]
    if (entry === undefined) return null
    return { epoch: entry.epoch, endOffset: this.#entries[at + 1]?.startOffset ?? logEndOffset }
  }
}
