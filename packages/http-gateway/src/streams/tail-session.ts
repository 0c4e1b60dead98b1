import type { Bus, BusRecord } from '@beamtime/bus'
import {
  Breather,
  messageFilter,
  SchemaShelf,
  type MessageFilter,
  type Replay,
} from '@beamtime/stream-replay'
import type { MessageRow, TailEvent } from '../ui-types.ts'
import { readMessage, rowOf } from './message-rows.ts'

const batchMs = 100
const mostRate = 1_000
/** Messages of one read that are decoded for a filter, and how long; a burst beyond that is counted, not looked into. */
const maxDecoded = 2_000
const maxFilterMs = 250

export interface TailRequest {
  readonly topic: string
  readonly partitions: readonly number[] | null
  readonly filter: string | null
  readonly cols: readonly string[]
  /** Rows a second, at most 1000. */
  readonly maxRate: number
}

export interface TailAccess {
  readonly bus: Bus
  readonly replay: Replay
  onEvent(event: TailEvent): void
}

/** Follows a topic from now on: ten batches a second, never more rows than asked for, everything counted. */
export async function tailTopic(
  request: TailRequest,
  access: TailAccess,
  signal: AbortSignal,
): Promise<void> {
  const source = await access.replay.source(`topic:${request.topic}`)
  const batch = new TailBatch(request, access)
  const timer = setInterval(() => batch.flush(), batchMs)
  try {
    const accepts = messageFilter(request.filter ?? undefined, source)
    const shelf = new SchemaShelf(source)
    await access.bus.tail({
      topic: request.topic,
      from: 'latest',
      ...(request.partitions === null ? {} : { partitions: request.partitions }),
      signal,
      onRecords: (records) => batch.take(records, accepts, shelf),
    })
  } finally {
    clearInterval(timer)
    await source.close()
  }
}

class TailBatch {
  readonly #request: TailRequest
  readonly #access: TailAccess
  readonly #rowsPerBatch: number
  #rows: MessageRow[] = []
  #left = 0
  #seen = 0

  constructor(request: TailRequest, access: TailAccess) {
    this.#request = request
    this.#access = access
    const rate = Math.max(1, Math.min(mostRate, request.maxRate))
    this.#rowsPerBatch = Math.max(1, Math.floor((rate * batchMs) / 1_000))
  }

  async take(records: readonly BusRecord[], accepts: MessageFilter, shelf: SchemaShelf): Promise<void> {
    this.#seen += records.length
    const isFiltered = this.#request.filter !== null
    // The newest are what a person who follows wants to see.
    const looked = isFiltered ? records.slice(-maxDecoded) : records.slice(-this.#rowsPerBatch)
    if (!isFiltered) this.#left += records.length - looked.length
    const breather = new Breather()
    const untilMs = performance.now() + maxFilterMs
    for (const record of looked) {
      await breather.breathe()
      if (isFiltered && performance.now() > untilMs) break
      const message = { ...record, offset: Number(record.offset) }
      if (!(await accepts(message))) continue
      this.#rows.push(rowOf(await readMessage(message, shelf), this.#request.cols))
      if (this.#rows.length <= this.#rowsPerBatch) continue
      this.#rows.shift()
      this.#left++
    }
  }

  flush(): void {
    if (this.#seen === 0) return
    this.#access.onEvent({ rows: this.#rows, left: this.#left, seen: this.#seen })
    this.#rows = []
    this.#left = 0
    this.#seen = 0
  }
}
