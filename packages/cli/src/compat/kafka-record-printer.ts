import type { BusRecord } from '@beamtime/bus'
import type { RecordFormatter } from './kafka-record-formatter.ts'
import { type ToolStreams, writeAll } from './kafka-tool.ts'

/** Prints records until there are enough of them, none came for a while, or the user stops it. */
export class RecordPrinter {
  count = 0
  readonly #streams: ToolStreams
  readonly #format: RecordFormatter
  readonly #most: number
  readonly #idleMs: number
  readonly #skipsErrors: boolean
  readonly #done = new AbortController()
  #timer: NodeJS.Timeout | undefined
  /** Aborts when reading is over. */
  readonly signal: AbortSignal

  constructor(options: {
    readonly streams: ToolStreams
    readonly format: RecordFormatter
    readonly skipsErrors: boolean
    /** Default: no limit. */
    readonly most?: number
    /** Default: waits for ever. */
    readonly idleMs?: number
  }) {
    this.#streams = options.streams
    this.#format = options.format
    this.#most = options.most ?? Number.POSITIVE_INFINITY
    this.#idleMs = options.idleMs ?? 0
    this.#skipsErrors = options.skipsErrors
    this.signal = AbortSignal.any([options.streams.signal, this.#done.signal])
    if (this.#most === 0) this.#done.abort()
  }

  get isDone(): boolean {
    return this.signal.aborted
  }

  /** From now on the time without records counts. */
  start(): void {
    if (this.#idleMs === 0) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.warn(`No record for ${this.#idleMs} ms, ending.`)
      this.#done.abort()
    }, this.#idleMs)
  }

  /** Resolves with how many of the records it took; the rest is for somebody else. */
  async print(records: readonly BusRecord[]): Promise<number> {
    if (this.isDone) return 0
    clearTimeout(this.#timer)
    const taken = records.slice(0, Math.min(records.length, this.#most - this.count))
    this.count += taken.length
    if (this.count >= this.#most) this.#done.abort()
    const lines = taken.flatMap((record) => this.#line(record))
    if (lines.length > 0) await writeAll(this.#streams.stdout, Buffer.concat(lines))
    if (!this.isDone) this.start()
    return taken.length
  }

  #line(record: BusRecord): readonly Uint8Array[] {
    try {
      return [this.#format(record)]
    } catch (error) {
      if (!this.#skipsErrors || !(error instanceof RangeError)) throw error
      this.warn(`Error processing message, skipping this message: ${error.message}`)
      return []
    }
  }

  warn(text: string): void {
    this.#streams.stderr.write(`${text}\n`)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#done.abort()
  }
}
