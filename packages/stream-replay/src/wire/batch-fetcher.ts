import { batchesOf, type RecordBatch } from '../batch/batch-header.ts'
import type { Cluster } from './cluster.ts'
import { type FetchedPartition, fetchRequest } from './kafka-requests.ts'
import { isRetriable, kafkaError } from './kafka-error.ts'

/** Bytes that one fetch may bring. */
const defaultFetchBytes = 33_554_432
const partitionFetchBytes = 16_777_216

/** A place from which batches are read; `offset` moves on as they come. */
export interface FetchCursor {
  readonly topic: string
  readonly partition: number
  offset: number
}

export interface FetchedBatches {
  readonly cursor: FetchCursor
  readonly batches: readonly RecordBatch[]
  /** First offset that is not there yet. */
  readonly highWatermark: number
}

export interface FetchRoundOptions {
  readonly cursors: readonly FetchCursor[]
  /** How long the broker may wait for something new. */
  readonly maxWaitMs: number
  /** Keeps connections of several readers apart. */
  readonly lane: string
  readonly maxBytes?: number
  /** What to do where the broker has deleted the wanted offset: the first one that is left. */
  onLost?(cursor: FetchCursor, nextOffset: number): void
}

/**
 * Fetches once from each leader and moves the cursors behind what came. Whole batches only; the first may begin before the
 * offset that was asked for. Rejects with a ReplayError; `canRetry` says whether another round may do better.
 */
export async function fetchRound(cluster: Cluster, options: FetchRoundOptions): Promise<FetchedBatches[]> {
  const byLeader = new Map<number, FetchCursor[]>()
  for (const cursor of options.cursors) {
    const leader = await cluster.leaderOf(cursor.topic, cursor.partition)
    byLeader.set(leader, [...(byLeader.get(leader) ?? []), cursor])
  }
  const answers = await Promise.all(
    Array.from(byLeader, async ([leader, cursors]) => {
      const connection = await cluster.connection(leader, options.lane)
      const request = fetchRequest(cursors, {
        maxWaitMs: options.maxWaitMs,
        maxBytes: options.maxBytes ?? defaultFetchBytes,
        partitionMaxBytes: Math.min(options.maxBytes ?? partitionFetchBytes, partitionFetchBytes),
      })
      const fetched = await cluster.send(connection, request, 'reading')
      return await Promise.all(fetched.map((one) => accept(cluster, { cursors, one, options })))
    }),
  )
  return answers.flat().filter((one) => one !== null)
}

async function accept(
  cluster: Cluster,
  {
    cursors,
    one,
    options,
  }: {
    readonly cursors: readonly FetchCursor[]
    readonly one: FetchedPartition
    readonly options: FetchRoundOptions
  },
): Promise<FetchedBatches | null> {
  const cursor = cursors.find(({ topic, partition }) => topic === one.topic && partition === one.partition)
  if (cursor === undefined) return null
  if (one.errorCode === 1) {
    const start = (await cluster.offsets(cursor.topic, -2)).get(cursor.partition) ?? 0
    const end = (await cluster.offsets(cursor.topic, -1)).get(cursor.partition) ?? 0
    const next = cursor.offset < start ? start : end
    options.onLost?.(cursor, next)
    cursor.offset = next
    return { cursor, batches: [], highWatermark: end }
  }
  if (one.errorCode !== 0) {
    if (isRetriable(one.errorCode)) cluster.forgetLeaders()
    throw kafkaError(one.errorCode, `reading ${cursor.topic}/${cursor.partition}`)
  }
  const wanted = cursor.offset
  const batches = [...batchesOf(one.records)].filter(({ header }) => header.lastOffset >= wanted)
  const last = batches.at(-1)
  if (last !== undefined) cursor.offset = last.header.lastOffset + 1
  return { cursor, batches, highWatermark: one.highWatermark }
}
