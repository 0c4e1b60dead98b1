import {
  type BaseOptions,
  ConnectionPool,
  type Consumer,
  type KafkaRecord,
  type RecordsBatch,
} from '@platformatic/kafka'
import type { BusRecord } from './bus.ts'
import { hasKafkaError } from './library-error.ts'

/** The library's consumer without deserializers. */
export type BytesConsumer = Consumer<Buffer, Buffer, Buffer, Buffer>

type FetchResponse = Awaited<ReturnType<BytesConsumer['fetch']>>

/** Where reading goes on in one partition. */
export interface Position {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  offset: bigint
}

export interface ReadOptions {
  readonly consumer: BytesConsumer
  /** Options of the connections that carry the fetches. They are not shared: whatever else waits on one waits for its fetch. */
  readonly connection: BaseOptions
  readonly positions: readonly Position[]
  /** Aborts between two deliveries. */
  readonly signal: AbortSignal
  /** Longest wait of the broker for new records. */
  readonly maxWaitMs: number
  /** A fetch was answered, with or without records. */
  onAnswer(): void
  /** The position moves on after it resolves. */
  onRecords(records: readonly BusRecord[], position: Position): void | Promise<void>
  /** The log no longer has the wanted offset: `records` were lost to this reader; reading goes on at the new offset. */
  onLost(position: Position, newOffset: bigint): void
}

const controlBit = 1 << 5
const appendTimeBit = 1 << 3
const maxBytes = 8_388_608
const maxBytesPerPartition = 1_048_576

/** Reads from the positions for ever, one request per broker at a time. Rejects with the library's error when something fails. */
export async function readPositions(options: ReadOptions): Promise<void> {
  const { consumer, positions, signal } = options
  const topics = [...new Set(positions.map((position) => position.topic))]
  const metadata = await consumer.metadata({ topics })
  const byNode = new Map<number, Position[]>()
  for (const position of positions) {
    const leader = metadata.topics.get(position.topic)?.partitions[position.partition]?.leader ?? -1
    byNode.set(leader, [...(byNode.get(leader) ?? []), position])
  }
  const connections = new ConnectionPool(options.connection.clientId, options.connection)
  const ended = new AbortController()
  // Ends fetches that wait.
  const end = (): void => {
    ended.abort()
    void connections.close().catch(() => undefined) // a connection that is gone already is closed
  }
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  const deliver = inTurn()
  const loops = Array.from(byNode, async ([node, own]) => {
    try {
      const of = { node, own, deliver, connections }
      while (!ended.signal.aborted) await readOnce({ ...options, signal: ended.signal }, of)
    } finally {
      end()
    }
  })
  const results = await Promise.allSettled(loops)
  signal.removeEventListener('abort', end)
  if (signal.aborted) return
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

interface NodeShare {
  readonly node: number
  readonly own: readonly Position[]
  readonly deliver: InTurn
  readonly connections: ConnectionPool
}

type InTurn = (work: () => Promise<void>) => Promise<void>

/** Deliveries of several brokers come one after another. */
function inTurn(): InTurn {
  let last: Promise<void> = Promise.resolve()
  return (work) => {
    const next = last.then(work)
    last = next.catch(() => undefined) // its own caller has the error
    return next
  }
}

async function readOnce(options: ReadOptions, of: NodeShare): Promise<void> {
  const response = await fetchFrom(options, of)
  options.onAnswer()
  for (const { topicId, partitions } of response.responses) {
    for (const { partitionIndex, records, errorCode, logStartOffset, highWatermark } of partitions) {
      const position = of.own.find((one) => one.topicId === topicId && one.partition === partitionIndex)
      if (position === undefined || options.signal.aborted) continue
      if (errorCode === offsetOutOfRange) await recover(options, position, { logStartOffset, highWatermark })
      else if (records && records.length > 0) await of.deliver(() => hand(options, position, records))
    }
  }
}

const offsetOutOfRange = 1

/** One fetch. The library throws when any partition has an error; OFFSET_OUT_OF_RANGE is dealt with partition by partition. */
async function fetchFrom(options: ReadOptions, of: NodeShare): Promise<FetchResponse> {
  try {
    return await options.consumer.fetch({
      node: of.node,
      connectionPool: of.connections,
      maxBytes,
      maxWaitTime: options.maxWaitMs,
      minBytes: 1,
      topics: of.own.map(({ topicId, partition, offset }) => ({
        topicId,
        partitions: [
          {
            partition,
            currentLeaderEpoch: -1,
            fetchOffset: offset,
            lastFetchedEpoch: -1,
            partitionMaxBytes: maxBytesPerPartition,
          },
        ],
      })),
    })
  } catch (error) {
    const { response } = error as { response?: FetchResponse }
    if (response !== undefined && hasKafkaError(error, 'OFFSET_OUT_OF_RANGE') && isOnlyOutOfRange(response))
      return response
    throw error
  }
}

function isOnlyOutOfRange(response: FetchResponse): boolean {
  return (
    response.errorCode === 0 &&
    response.responses.every(({ partitions }) =>
      partitions.every(({ errorCode }) => errorCode === 0 || errorCode === offsetOutOfRange),
    )
  )
}

/** Below the log start: goes on there. Above the end (the log was cut): goes on at the end. */
async function recover(
  options: ReadOptions,
  position: Position,
  told: { logStartOffset: bigint; highWatermark: bigint },
): Promise<void> {
  const { consumer } = options
  const { topic, partition } = position
  const lookUp = async (timestamp: bigint): Promise<bigint> => {
    const offsets = await consumer.listOffsets({
      topics: [topic],
      partitions: { [topic]: [partition] },
      timestamp,
    })
    return offsets.get(topic)?.[partition] ?? 0n
  }
  const earliest = told.logStartOffset >= 0n ? told.logStartOffset : await lookUp(-2n)
  const latest = told.highWatermark >= 0n ? told.highWatermark : await lookUp(-1n)
  const next = position.offset < earliest ? earliest : latest
  options.onLost(position, next)
  position.offset = next
}

async function hand(
  options: ReadOptions,
  position: Position,
  batches: readonly RecordsBatch[],
): Promise<void> {
  const records: BusRecord[] = []
  let next = position.offset
  for (const batch of batches) {
    const end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n
    if (end <= position.offset) continue
    next = end
    if ((batch.attributes & controlBit) !== 0) continue
    for (const record of batch.records) {
      // A batch may begin before the wanted offset.
      const offset = batch.firstOffset + BigInt(record.offsetDelta)
      if (offset >= position.offset) records.push(busRecord(record, { batch, position, offset }))
    }
  }
  if (records.length > 0) await options.onRecords(records, position)
  position.offset = next
}

function busRecord(
  record: KafkaRecord,
  at: { batch: RecordsBatch; position: Position; offset: bigint },
): BusRecord {
  const { batch, position, offset } = at
  const isAppendTime = (batch.attributes & appendTimeBit) !== 0
  return {
    topic: position.topic,
    partition: position.partition,
    offset,
    timestampMs: Number(isAppendTime ? batch.maxTimestamp : batch.firstTimestamp + record.timestampDelta),
    ...(isAppendTime ? { isAppendTime } : {}),
    key: record.key,
    value: record.value,
    headers: record.headers.map(([key, value]) => ({
      key: key === null ? '' : key.toString('utf8'),
      value: value ?? new Uint8Array(0),
    })),
  }
}
