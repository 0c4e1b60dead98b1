import { kafkaError } from '../core/error-codes.ts'
import { type CommittedOffset, partitionKey, splitPartitionKey } from '../groups/group-journal.ts'
import { offsetFetchRequest, offsetFetchResponse } from '../messages/offset-fetch.ts'
import { type Call, defineApi, may } from './api.ts'

interface PartitionOffset {
  readonly partitionIndex: number
  readonly committedOffset: number
  readonly committedLeaderEpoch: number
  readonly metadata: string
  readonly errorCode: number
}

type WantedTopics = readonly { readonly name: string; readonly partitionIndexes: readonly number[] }[] | null

function answer(partitionIndex: number, committed: CommittedOffset | undefined): PartitionOffset {
  return {
    partitionIndex,
    committedOffset: committed?.offset ?? -1,
    committedLeaderEpoch: committed?.leaderEpoch ?? -1,
    metadata: committed?.metadata ?? '',
    errorCode: kafkaError.none,
  }
}

/** Offsets of the wanted partitions, or with null of all that the group has. */
function find(
  groupId: string,
  topics: WantedTopics,
  call: Call,
): { name: string; partitions: PartitionOffset[] }[] {
  const offsets = call.core.groups.offsets(groupId)
  if (topics !== null) {
    return topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partition) =>
        answer(partition, offsets.get(partitionKey(name, partition))),
      ),
    }))
  }
  const byTopic = new Map<string, PartitionOffset[]>()
  for (const [key, committed] of offsets) {
    const { topic, partition } = splitPartitionKey(key)
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), answer(partition, committed)])
  }
  return Array.from(byTopic, ([name, partitions]) => ({ name, partitions }))
}

export const offsetFetch = defineApi({
  name: 'OffsetFetch',
  versions: [0, 9],
  request: offsetFetchRequest,
  response: offsetFetchResponse,
  handle: (request, call) => {
    if (call.version >= 8) {
      const groups = request.groups.map(({ groupId, topics }) => {
        if (!may(call, 'describe', ['group', groupId]))
          return { groupId, topics: [], errorCode: kafkaError.groupAuthorizationFailed }
        return { groupId, topics: find(groupId, topics, call), errorCode: kafkaError.none }
      })
      return { groups }
    }
    if (!may(call, 'describe', ['group', request.groupId]))
      return { topics: [], errorCode: kafkaError.groupAuthorizationFailed }
    return { topics: find(request.groupId, request.topics, call), errorCode: kafkaError.none }
  },
})
