import type { Bus, BusRecord, TailFrom } from '@beamtime/bus'
import type { Logger } from '@beamtime/service-kit'

/** What stood on a topic up to now. */
export interface Past {
  readonly records: readonly BusRecord[]
  /** By partition: the first offset that is not in it. */
  readonly ends: ReadonlyMap<number, bigint>
}

/** A topic whose last offset holds no record does not keep a service from starting. */
const patienceMs = 5_000

/** Reads a topic from a place to its present end. Bounded by `from`. */
export async function readPast(
  bus: Bus,
  options: {
    readonly topic: string
    readonly from: TailFrom
    readonly signal: AbortSignal
    readonly log: Logger
  },
): Promise<Past> {
  const { topic, from, log } = options
  const offsets = await bus.admin.offsets(topic)
  const ends = new Map(offsets.map(({ partition, latest }) => [partition, latest]))
  const missing = new Set(
    offsets.filter(({ earliest, latest }) => latest > earliest).map(({ partition }) => partition),
  )
  const records: BusRecord[] = []
  if (missing.size === 0) return { records, ends }
  const read = new AbortController()
  const late = setTimeout(() => {
    log.warn('livedata.past-unread', { topic })
    read.abort()
  }, patienceMs)
  try {
    await bus.tail({
      topic,
      from,
      signal: AbortSignal.any([read.signal, options.signal]),
      onRecords: (some) => {
        for (const record of some) {
          const end = ends.get(record.partition) ?? 0n
          if (record.offset < end) records.push(record)
          if (record.offset >= end - 1n) missing.delete(record.partition)
        }
        if (missing.size === 0) read.abort()
      },
    })
  } finally {
    clearTimeout(late)
  }
  return { records, ends }
}
