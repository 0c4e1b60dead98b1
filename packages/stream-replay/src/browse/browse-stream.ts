import type { StreamRecord } from '../batch/batch-records.ts'
import { usage } from '../error.ts'
import type { StreamMessage } from '../files/stream-messages.ts'
import type { Position } from '../positions.ts'
import type { SourcePartition, StreamSource } from '../source/stream-source.ts'
import { Breather } from './breather.ts'
import { messageFilter } from './message-filter.ts'
import { type PartitionWalk, walkBackward, walkForward } from './partition-walk.ts'

export interface BrowseRequest {
  readonly source: StreamSource
  /** Default: all. */
  readonly partitions?: readonly number[]
  /** `forward`: oldest first. */
  readonly direction: 'forward' | 'backward'
  /** Where the first page begins (forward) or ends (backward). Default: the earliest, the latest. */
  readonly from?: Position
  /** Place by partition, of the page before. */
  readonly cursor?: ReadonlyMap<number, number>
  /** Expression of `--select`. */
  readonly select?: string
  readonly limit: number
  readonly budget: { readonly messages: number; readonly bytes: number; readonly ms: number }
  readonly signal: AbortSignal
  /** Milliseconds, Unix. */
  readonly nowMs: () => number
}

export interface BrowsePage {
  /** Of all partitions, in order of time. */
  readonly messages: readonly StreamMessage[]
  readonly scanned: number
  readonly bytes: number
  /** Nothing is left in this direction. */
  readonly isDone: boolean
  readonly cursor: ReadonlyMap<number, number>
}

/** Reads one page of a stream, and no more than the budget allows. Rejects with REPLAY_USAGE. */
export async function browseStream(request: BrowseRequest): Promise<BrowsePage> {
  const walks = await openWalks(request)
  try {
    const page = await readPage(request, walks)
    return { ...page, cursor: new Map(walks.map((walk) => [walk.partition, walk.place])) }
  } finally {
    await Promise.all(walks.map((walk) => walk.close()))
  }
}

async function readPage(
  request: BrowseRequest,
  walks: readonly PartitionWalk[],
): Promise<Omit<BrowsePage, 'cursor'>> {
  const { source, direction, limit, budget, signal, nowMs } = request
  const accepts = messageFilter(request.select, source)
  const minTimeMs = earliestTime(request)
  const messages: StreamMessage[] = []
  const breather = new Breather()
  const startedMs = nowMs()
  let [scanned, bytes] = [0, 0]
  const isSpent = (): boolean =>
    scanned >= budget.messages || bytes >= budget.bytes || signal.aborted || nowMs() - startedMs > budget.ms
  while (messages.length < limit && !isSpent()) {
    const found = await nextOf(walks, direction)
    if (found === null) return { messages, scanned, bytes, isDone: true }
    scanned++
    bytes += (found.record.key?.length ?? 0) + (found.record.value?.length ?? 0)
    found.walk.take()
    const topic = source.topics[0]?.name ?? ''
    const message = { ...found.record, topic, partition: found.walk.partition }
    if (message.timestampMs >= minTimeMs && (await accepts(message))) messages.push(message)
    await breather.breathe()
  }
  return { messages, scanned, bytes, isDone: false }
}

/** A place found by a time may lie before it. */
function earliestTime({ direction, from }: BrowseRequest): number {
  return direction === 'forward' && from?.kind === 'time' ? from.timestampMs : Number.NEGATIVE_INFINITY
}

async function openWalks(request: BrowseRequest): Promise<readonly PartitionWalk[]> {
  const { source, direction, cursor, partitions } = request
  const wanted = source.partitions.filter(
    ({ partition }) => partitions === undefined || partitions.includes(partition),
  )
  if (wanted.length === 0)
    throw usage('there is no such partition', `The topic has ${source.partitions.length} of them, from 0.`)
  return await Promise.all(
    wanted.map(async (partition) => {
      const place = cursor?.get(partition.partition) ?? (await placeOf(partition, request))
      const start = { source, partition, place }
      return direction === 'forward' ? walkForward(start) : walkBackward(start)
    }),
  )
}

async function placeOf(
  partition: SourcePartition,
  { source, direction, from, nowMs }: BrowseRequest,
): Promise<number> {
  const position = from ?? { kind: direction === 'forward' ? 'earliest' : 'latest' }
  switch (position.kind) {
    case 'earliest':
      return partition.first
    case 'latest':
      return partition.last + 1
    case 'offset':
      // Backwards the message at the offset is the first that is shown.
      return direction === 'forward' ? position.offset : position.offset + 1
    case 'time':
      return await source.offsetBeforeTime(partition, position.timestampMs)
    case 'before-end':
      return await source.offsetBeforeTime(partition, nowMs() - position.ms)
    case 'percent':
      return partition.first + Math.floor(((partition.last + 1 - partition.first) * position.percent) / 100)
    case 'number':
    case 'run':
      throw usage(
        `pages do not begin at a ${position.kind}`,
        'Give a time, -10m, @OFFSET, 50%, earliest or latest.',
      )
  }
}

interface Found {
  readonly walk: PartitionWalk
  readonly record: StreamRecord
}

async function nextOf(
  walks: readonly PartitionWalk[],
  direction: BrowseRequest['direction'],
): Promise<Found | null> {
  let best: Found | null = null
  for (const walk of walks) {
    const record = await walk.peek()
    if (record === null) continue
    const isEarlier = best === null || record.timestampMs < best.record.timestampMs
    const isLater = best === null || record.timestampMs > best.record.timestampMs
    if (direction === 'forward' ? isEarlier : isLater) best = { walk, record }
  }
  return best
}
