import { totalCount } from '../source/place-finder.ts'
import type { StreamSource } from '../source/stream-source.ts'
import { destinationNames } from './destination.ts'
import type { PlayOptions } from './play-options.ts'
import { streamMessages } from '../files/stream-messages.ts'
import { type Pace, Schedule } from './schedule.ts'

/** What a play would do. */
export interface PlayPlan {
  readonly source: string
  readonly topics: readonly { readonly from: string; readonly to: string; readonly partitions: number }[]
  /** Messages in the source, and of these in one pass. */
  readonly total: number
  readonly messages: number
  readonly bytes: number
  /** ISO 8601, in the source's time; null without messages. */
  readonly first: string | null
  readonly last: string | null
  /** Of one pass; null when it goes as fast as it can. */
  readonly passSeconds: number | null
  /** Null for an endless play. */
  readonly passes: number | null
}

/** Reads the source as a play would, without writing anything. */
export async function planPlay(source: StreamSource, options: PlayOptions): Promise<PlayPlan> {
  const { loop = 1, pace = { kind: 'speed', factor: 1 } } = options
  const { messages, bytes, firstMs, lastMs, endMs } = await onePass(source, options, pace)
  const names = destinationNames(source, options)
  return {
    source: source.id,
    topics: source.topics.map(({ name, partitions }) => ({
      from: name,
      to: names.get(name) ?? name,
      partitions,
    })),
    total: totalCount(source),
    messages,
    bytes,
    first: firstMs === null ? null : new Date(firstMs).toISOString(),
    last: firstMs === null ? null : new Date(lastMs).toISOString(),
    passSeconds: pace.kind === 'asap' ? null : endMs / 1_000,
    passes: loop === Infinity ? null : loop,
  }
}

interface PassPlan {
  readonly messages: number
  readonly bytes: number
  readonly firstMs: number | null
  readonly lastMs: number
  /** Due time of the last message. */
  readonly endMs: number
}

async function onePass(source: StreamSource, options: PlayOptions, pace: Pace): Promise<PassPlan> {
  const { start, stop, select, sample = 1 } = options
  const choice = {
    ...(start === undefined ? {} : { start }),
    ...(stop === undefined ? {} : { stop }),
    ...(select === undefined ? {} : { select }),
  }
  const schedule = new Schedule({ pace })
  let [seen, messages, bytes, lastMs, endMs] = [0, 0, 0, 0, 0]
  let firstMs: number | null = null
  for await (const { timestampMs, value, key } of streamMessages(source, choice)) {
    if (seen++ % sample !== 0) continue
    firstMs ??= timestampMs
    lastMs = Math.max(lastMs, timestampMs)
    const message = { timeMs: lastMs, index: messages, bytes }
    if (!schedule.isAnchored) schedule.anchor(message, 0)
    endMs = Math.max(endMs, schedule.plannedMs(message))
    messages++
    bytes += (value?.length ?? 0) + (key?.length ?? 0)
  }
  return { messages, bytes, firstMs, lastMs, endMs }
}
