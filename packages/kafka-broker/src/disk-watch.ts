import { statfs } from 'node:fs/promises'
import type { BrokerEvent } from './diagnostics.ts'
import type { TopicStore } from './log/topic-store.ts'

export interface DiskWatchOptions {
  readonly directory: string
  /** New data is refused below this, or below 2 % of a smaller disk. */
  readonly reserveBytes: number
  /** Bound of all topics together; 0 = 80 % of the disk. */
  readonly totalBytes: number
  readonly onEvent: (event: BrokerEvent) => void
}

const checkMs = 10_000
const reserveShare = 0.02
const totalShare = 0.8

/** Watches the free space of the data directory. */
export class DiskWatch {
  readonly #options: DiskWatchOptions
  #timer: NodeJS.Timeout | null = null
  #hasSpace = true
  #diskBytes = 0

  constructor(options: DiskWatchOptions) {
    this.#options = options
  }

  get hasSpace(): boolean {
    return this.#hasSpace
  }

  async start(): Promise<void> {
    await this.check()
    this.#timer = setInterval(() => void this.check(), checkMs)
    this.#timer.unref()
  }

  async check(): Promise<void> {
    const disk = await statfs(this.#options.directory).catch(() => null)
    if (disk === null) return // a directory that is gone shows at the next write
    const freeBytes = disk.bavail * disk.bsize
    this.#diskBytes = disk.blocks * disk.bsize
    const hasSpace = freeBytes >= Math.min(this.#options.reserveBytes, reserveShare * this.#diskBytes)
    if (hasSpace !== this.#hasSpace) {
      this.#options.onEvent({ kind: hasSpace ? 'disk-free-again' : 'disk-full', freeBytes })
    }
    this.#hasSpace = hasSpace
  }

  /** Brings the topics under their common bound: the largest partition loses its oldest segment, again and again. */
  async trim(store: TopicStore): Promise<void> {
    const limit = this.#options.totalBytes > 0 ? this.#options.totalBytes : totalShare * this.#diskBytes
    for (;;) {
      const logs = [...store.partitions()].filter((log) => log.segments.length > 1)
      const usedBytes = [...store.partitions()].reduce((sum, log) => sum + log.sizeBytes, 0)
      const [largest] = logs.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
      if (usedBytes <= limit && this.#hasSpace) return
      if (largest === undefined) return
      const freedBytes = await largest.dropOldest()
      this.#options.onEvent({ kind: 'retention-forced', log: largest.place.name, freedBytes })
      if (freedBytes === 0) return
      await this.check()
    }
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }
}
