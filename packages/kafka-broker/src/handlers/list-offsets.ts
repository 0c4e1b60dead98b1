import type { MessageOf } from '../core/codec.ts'
import { kafkaError } from '../core/error-codes.ts'
import { offsetForTime, offsetOfLargestTime } from '../log/time-lookup.ts'
import { listOffsetsRequest, listOffsetsResponse } from '../messages/list-offsets.ts'
import { type Call, defineApi, may } from './api.ts'

type PartitionRequest = MessageOf<typeof listOffsetsRequest>['topics'][number]['partitions'][number]

/** Times that mean a place. */
const latest = -1
const earliest = -2
const largestTime = -3
/** Version that brought {@link largestTime}. */
const largestTimeFromVersion = 7

interface Found {
  readonly errorCode: number
  readonly timestamp: number
  readonly offset: number
  readonly leaderEpoch?: number
  readonly oldStyleOffsets?: readonly number[]
}

async function lookUp(
  { topicName, isolationLevel }: { readonly topicName: string; readonly isolationLevel: number },
  request: PartitionRequest,
  call: Call,
): Promise<Found> {
  const log = call.core.store.partition(topicName, request.partitionIndex)
  const nothing = { timestamp: -1, offset: -1, leaderEpoch: -1, oldStyleOffsets: [] }
  if (!may(call, 'describe', ['topic', topicName]))
    return { errorCode: kafkaError.topicAuthorizationFailed, ...nothing }
  if (log === undefined) return { errorCode: kafkaError.unknownTopicOrPartition, ...nothing }
  const { currentLeaderEpoch, timestamp } = request
  if (currentLeaderEpoch >= 0 && currentLeaderEpoch !== log.leaderEpoch) {
    const isOld = currentLeaderEpoch < log.leaderEpoch
    return { errorCode: isOld ? kafkaError.fencedLeaderEpoch : kafkaError.unknownLeaderEpoch, ...nothing }
  }
  const epochAt = (offset: number): number =>
    log.epochs.findLast((entry) => entry.startOffset <= offset)?.epoch ?? -1
  const at = (offset: number, time: number): Found => {
    const oldStyleOffsets = call.version === 0 ? [offset] : []
    return {
      errorCode: kafkaError.none,
      timestamp: time,
      offset,
      leaderEpoch: epochAt(offset),
      oldStyleOffsets,
    }
  }
  if (timestamp === latest) return at(isolationLevel === 1 ? log.stableOffset : log.endOffset, -1)
  if (timestamp === earliest) return at(log.logStartOffset, -1)
  if (timestamp === largestTime && call.version >= largestTimeFromVersion) {
    const found = await offsetOfLargestTime(log)
    return found === null ? { errorCode: kafkaError.none, ...nothing } : at(found.offset, found.timestampMs)
  }
  if (timestamp < 0) return { errorCode: kafkaError.unsupportedVersion, ...nothing }
  if (call.version === 0)
    return oldStyle(
      log.segments.map((s) => s.baseOffset),
      { log, request },
    )
  const found = await offsetForTime(log, timestamp)
  return found === null ? { errorCode: kafkaError.none, ...nothing } : at(found.offset, found.timestampMs)
}

/** Version 0 knows segments only: their first offsets, newest first, ending with the log start. */
function oldStyle(
  bases: readonly number[],
  at: {
    log: { logStartOffset: number; segments: readonly { maxTimestampMs: number }[] }
    request: PartitionRequest
  },
): Found {
  const upTo = at.log.segments.findIndex((segment) => segment.maxTimestampMs >= at.request.timestamp)
  const before = bases
    .slice(0, upTo < 0 ? bases.length : upTo + 1)
    .map((base) => Math.max(base, at.log.logStartOffset))
  const oldStyleOffsets = before.toReversed().slice(0, Math.max(0, at.request.maxNumOffsets))
  return { errorCode: kafkaError.none, timestamp: -1, offset: -1, oldStyleOffsets }
}

export const listOffsets = defineApi({
  name: 'ListOffsets',
  versions: [0, 7],
  request: listOffsetsRequest,
  response: listOffsetsResponse,
  handle: async (request, call) => {
    const topics = []
    for (const { name, partitions } of request.topics) {
      const found = []
      const place = { topicName: name, isolationLevel: request.isolationLevel }
      for (const partition of partitions) {
        found.push({ partitionIndex: partition.partitionIndex, ...(await lookUp(place, partition, call)) })
      }
      topics.push({ name, partitions: found })
    }
    return { topics }
  },
})
