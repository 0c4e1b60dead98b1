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

/** With `requireStable`, an offset that an open transaction may still change is told as such. */
interface Wish {
  readonly groupId: string
  readonly requireStable: boolean
  readonly call: Call
}

function answer(key: string, committed: CommittedOffset | undefined, wish: Wish): PartitionOffset {
  const { partition: partitionIndex } = splitPartitionKey(key)
  if (wish.requireStable && wish.call.core.transactions.isPending(wish.groupId, key)) {
    const errorCode = kafkaError.unstableOffsetCommit
    return { partitionIndex, committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode }
  }
  return {
    partitionIndex,
    committedOffset: committed?.offset ?? -1,
    committedLeaderEpoch: committed?.leaderEpoch ?? -1,
    metadata: committed?.metadata ?? '',
    errorCode: kafkaError.none,
  }
}

/** Offsets of the wanted partitions, or with null of all that the group has. */
function find(topics: WantedTopics, wish: Wish): { name: string; partitions: PartitionOffset[] }[] {
  const offsets = wish.call.core.groups.offsets(wish.groupId)
  if (topics !== null) {
    return topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partition) => {
        const key = partitionKey(name, partition)
        return answer(key, offsets.get(key), wish)
      }),
    }))
  }
  const byTopic = new Map<string, PartitionOffset[]>()
  for (const [key, committed] of offsets) {
    const { topic } = splitPartitionKey(key)
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), answer(key, committed, wish)])
  }
  return Array.from(byTopic, ([name, partitions]) => ({ name, partitions }))
}

export const offsetFetch = defineApi({
  name: 'OffsetFetch',
  versions: [0, 9],
  request: offsetFetchRequest,
  response: offsetFetchResponse,
  handle: (request, call) => {
    const { requireStable } = request
    if (call.version >= 8) {
      const groups = request.groups.map(({ groupId, topics }) => {
        if (!may(call, 'describe', ['group', groupId]))
          return { groupId, topics: [], errorCode: kafkaError.groupAuthorizationFailed }
        return { groupId, topics: find(topics, { groupId, requireStable, call }), errorCode: kafkaError.none }
      })
      return { groups }
    }
    if (!may(call, 'describe', ['group', request.groupId]))
      return { topics: [], errorCode: kafkaError.groupAuthorizationFailed }
    const { groupId, topics } = request
    return { topics: find(topics, { groupId, requireStable, call }), errorCode: kafkaError.none }
  },
})
