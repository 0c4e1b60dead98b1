import type { MessageOf } from '../core/codec.ts'
import { kafkaError } from '../core/error-codes.ts'
import type { ReadResult } from '../log/log-context.ts'
import { batchesBelow } from '../log/segment-reader.ts'
import { downConvert } from '../log/old-formats.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { fetchRequest, fetchResponse } from '../messages/fetch.ts'
import { type BrokerCore, type Call, defineApi, may } from './api.ts'

type FetchRequest = MessageOf<typeof fetchRequest>
type FetchPartition = FetchRequest['topics'][number]['partitions'][number]

/** More than this is never put into one response, whatever the client allows. */
const maxResponseBytes = 67_108_864
/** Isolation level of consumers that leave out what is not committed. */
const readCommitted = 1
const noPieces: readonly Uint8Array[] = []

/** Before version 4 consumers read the old message formats: 0, and 1 from version 2 on. */
const firstVersionWithBatches = 4
const firstVersionWithTimes = 2

/** One wanted partition with what was found for it so far. */
interface Wanted {
  readonly topicName: string
  readonly want: FetchPartition
  readonly log: PartitionLog | null
  errorCode: number
  pieces: readonly Uint8Array[]
  sizeBytes: number
  /** Offset after what was found. */
  nextOffset: number
}

interface WantedTopic {
  readonly topic: string
  readonly topicId: string
  readonly partitions: readonly Wanted[]
}

function resolveTopics(request: FetchRequest, call: Call): readonly WantedTopic[] {
  const { store } = call.core
  const isById = call.version >= 13
  return request.topics.map(({ topic: name, topicId, partitions }) => {
    const topic = isById ? store.topicById(topicId) : store.topic(name)
    const absent =
      isById && topic === undefined ? kafkaError.unknownTopicId : kafkaError.unknownTopicOrPartition
    const topicName = topic?.entry.name ?? name
    const mayRead = may(call, 'read', ['topic', topicName])
    return {
      topic: name,
      topicId,
      partitions: partitions.map((want) => {
        const log = topic?.logs[want.partition] ?? null
        const refused = log === null ? absent : epochError(log, want.currentLeaderEpoch)
        const errorCode = mayRead ? refused : kafkaError.topicAuthorizationFailed
        return { topicName, want, log, errorCode, pieces: noPieces, sizeBytes: 0, nextOffset: 0 }
      }),
    }
  })
}

function epochError(log: PartitionLog, epoch: number): number {
  if (epoch < 0 || epoch === log.leaderEpoch) return kafkaError.none
  return epoch < log.leaderEpoch ? kafkaError.fencedLeaderEpoch : kafkaError.unknownLeaderEpoch
}

/** Where reading ends; null when there is nothing to read. */
function readableEnd(wanted: Wanted, isCommittedOnly: boolean): number | null {
  const { log, want } = wanted
  if (log === null || wanted.errorCode !== kafkaError.none) return null
  if (want.fetchOffset < log.logStartOffset || want.fetchOffset > log.endOffset) {
    wanted.errorCode = kafkaError.offsetOutOfRange
    return null
  }
  const end = isCommittedOnly ? log.stableOffset : log.endOffset
  return want.fetchOffset < end ? end : null
}

/** Reads one partition into `wanted`, at most `limitBytes`; the first batch of a response may be larger. */
async function readInto(
  wanted: Wanted,
  limit: { readonly bytes: number; readonly isFirst: boolean; readonly isCommittedOnly: boolean },
  call: Call,
): Promise<void> {
  const { bytes: limitBytes, isFirst, isCommittedOnly } = limit
  const { log, want } = wanted
  const end = readableEnd(wanted, isCommittedOnly)
  if (log === null || end === null || (!isFirst && limitBytes <= 0)) return
  const maxBytes = Math.max(0, Math.min(want.partitionMaxBytes, limitBytes))
  const tail = log.readTail(want.fetchOffset, maxBytes)
  const { readBuffers, readAhead, frames } = call.core
  const read = tail ?? (await readAhead.read(log, { offset: want.fetchOffset, maxBytes }))
  const { buffer = null, pieces } = read
  if (!isFirst && read.sizeBytes > maxBytes) {
    if (buffer !== null) readBuffers.give(buffer)
    return
  }
  call.hold(read.sizeBytes)
  if (buffer !== null) call.onSent(() => readBuffers.give(buffer))
  if (tail !== null) {
    for (const piece of pieces) frames.retain(piece)
    call.onSent(() => {
      for (const piece of pieces) frames.release(piece)
    })
  }
  show(wanted, read.nextOffset > end ? batchesBelow(read, end) : read)
}

function show(wanted: Wanted, { pieces, sizeBytes, nextOffset }: ReadResult): void {
  wanted.pieces = pieces
  wanted.sizeBytes = sizeBytes
  wanted.nextOffset = nextOffset
}

/** Reads for all partitions, the first one by turns. Returns the bytes found; an error counts as enough. */
async function collect(
  partitions: readonly Wanted[],
  request: FetchRequest,
  { first, call }: { readonly first: number; readonly call: Call },
): Promise<{ bytes: number; hasError: boolean }> {
  const limit = Math.min(request.maxBytes > 0 ? request.maxBytes : maxResponseBytes, maxResponseBytes)
  const isCommittedOnly = request.isolationLevel === readCommitted
  let bytes = 0
  let hasError = false
  for (let i = 0; i < partitions.length; i++) {
    const wanted = partitions[(first + i) % partitions.length]
    if (wanted === undefined) continue
    const { answers } = call.core
    if (answers.isFull) {
      // What there is can go; with nothing yet, it is this client's turn to wait.
      if (bytes > 0) break
      await answers.room(call.peer.signal)
    }
    await readInto(wanted, { bytes: limit - bytes, isFirst: bytes === 0, isCommittedOnly }, call)
    bytes += wanted.sizeBytes
    hasError ||= wanted.errorCode !== kafkaError.none
  }
  return { bytes, hasError }
}

/** Resolves when `neededBytes` were appended to the partitions, one of them is deleted, the time is over or the client gone. */
function waitForData(
  partitions: readonly Wanted[],
  need: { neededBytes: number; untilMs: number; signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve) => {
    let missing = need.neededBytes
    const stops: (() => void)[] = []
    const finish = (): void => {
      clearTimeout(timer)
      need.signal.removeEventListener('abort', finish)
      for (const stop of stops) stop()
      resolve()
    }
    const timer = setTimeout(finish, Math.max(0, need.untilMs))
    need.signal.addEventListener('abort', finish)
    const onAppended = (sizeBytes: number): void => {
      missing -= sizeBytes
      if (missing <= 0) finish()
    }
    for (const { log } of partitions) if (log !== null) stops.push(log.onAppended(onAppended))
  })
}

async function fetchRecords(request: FetchRequest, call: Call): Promise<readonly WantedTopic[]> {
  const { core, peer } = call
  const deadlineMs = core.nowMs() + request.maxWaitMs
  const first = peer.fetchCount++
  for (;;) {
    const topics = resolveTopics(request, call)
    const partitions = topics.flatMap((topic) => topic.partitions)
    const { bytes, hasError } = await collect(partitions, request, { first, call })
    const leftMs = deadlineMs - core.nowMs()
    const isEnough = bytes >= request.minBytes || bytes >= maxResponseBytes
    if (isEnough || hasError || leftMs <= 0 || partitions.length === 0 || peer.signal.aborted) return topics
    call.hold(-bytes) // they are read again
    await waitForData(partitions, {
      neededBytes: request.minBytes - bytes,
      untilMs: leftMs,
      signal: peer.signal,
    })
  }
}

async function convert(topics: readonly WantedTopic[], version: number): Promise<void> {
  const magic = version < firstVersionWithTimes ? 0 : 1
  for (const wanted of topics.flatMap(({ partitions }) => partitions)) {
    const { log, want, pieces, sizeBytes, nextOffset } = wanted
    if (log === null || sizeBytes === 0) continue
    const { fetchOffset, partitionMaxBytes: maxBytes } = want
    const read = { pieces: [...pieces], sizeBytes, nextOffset }
    wanted.pieces = await downConvert(log, read, { magic, fetchOffset, maxBytes })
  }
}

function reportFetched(core: BrokerCore, topics: readonly WantedTopic[]): void {
  for (const { partitions } of topics) {
    for (const { topicName, sizeBytes, nextOffset, want } of partitions) {
      if (sizeBytes === 0) continue
      const records = nextOffset - want.fetchOffset
      core.onEvent({ kind: 'fetched', topic: topicName, records, bytes: sizeBytes })
    }
  }
}

export const fetch = defineApi({
  name: 'Fetch',
  versions: [0, 17],
  request: fetchRequest,
  response: fetchResponse,
  handle: async (request, call) => {
    // Sessions are never granted (sessionId 0 in every answer), so a request that names one is mistaken.
    if (request.sessionId !== 0) return { errorCode: kafkaError.fetchSessionIdNotFound, responses: [] }
    const topics = await fetchRecords(request, call)
    if (call.version < firstVersionWithBatches) await convert(topics, call.version)
    reportFetched(call.core, topics)
    return {
      responses: topics.map(({ topic, topicId, partitions }) => ({
        topic,
        topicId,
        partitions: partitions.map(({ want, log, errorCode, pieces, nextOffset }) => {
          const isReadable = log !== null && errorCode === kafkaError.none
          const aborted = isReadable ? log.transactions.abortedIn(want.fetchOffset, nextOffset) : []
          return {
            partitionIndex: want.partition,
            errorCode,
            highWatermark: isReadable ? log.endOffset : -1,
            lastStableOffset: isReadable ? log.stableOffset : -1,
            logStartOffset: isReadable ? log.logStartOffset : -1,
            abortedTransactions: request.isolationLevel === readCommitted ? aborted : null,
            records: pieces,
          }
        }),
      })),
    }
  },
})
