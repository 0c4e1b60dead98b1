import { kafkaError } from '../core/error-codes.ts'
import type { MessageOf } from '../core/codec.ts'
import { offsetCommitRequest, offsetCommitResponse } from '../messages/offset-commit.ts'
import { type Call, defineApi, may } from './api.ts'

type CommitTopic = MessageOf<typeof offsetCommitRequest>['topics'][number]

const maxMetadataBytes = 4_096

type CommitPartition = Pick<CommitTopic['partitions'][number], 'partitionIndex' | 'committedMetadata'>

/** What is wrong with a commit in a transaction, for one partition. */
export function offsetError(
  { groupId, topic, partition }: { groupId: string; topic: string; partition: CommitPartition },
  call: Call,
): number {
  if (!may(call, 'read', ['group', groupId])) return kafkaError.groupAuthorizationFailed
  return groupId === '' ? kafkaError.invalidGroupId : partitionError(topic, partition, call)
}

function partitionError(topic: string, partition: CommitPartition, call: Call): number {
  if (!may(call, 'read', ['topic', topic])) return kafkaError.topicAuthorizationFailed
  if (call.core.store.partition(topic, partition.partitionIndex) === undefined)
    return kafkaError.unknownTopicOrPartition
  const metadataBytes = Buffer.byteLength(partition.committedMetadata ?? '')
  return metadataBytes > maxMetadataBytes ? kafkaError.offsetMetadataTooLarge : kafkaError.none
}

export const offsetCommit = defineApi({
  name: 'OffsetCommit',
  versions: [0, 9],
  request: offsetCommitRequest,
  response: offsetCommitResponse,
  handle: async (request, call) => {
    const { core, version } = call
    const checked = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partition) => ({
        partition,
        errorCode: partitionError(name, partition, call),
      })),
    }))
    const offsets = checked.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ errorCode }) => errorCode === kafkaError.none)
        .map(({ partition }) => ({
          topic: name,
          partition: partition.partitionIndex,
          committed: {
            offset: partition.committedOffset,
            leaderEpoch: partition.committedLeaderEpoch,
            metadata: partition.committedMetadata ?? '',
            committedMs: core.nowMs(),
          },
        })),
    )
    const { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch } = request
    const generation = version === 0 ? -1 : generationIdOrMemberEpoch
    const member = { memberId, instanceId: groupInstanceId, generation }
    const isAllowed = may(call, 'read', ['group', groupId])
    const refused = isAllowed ? kafkaError.invalidGroupId : kafkaError.groupAuthorizationFailed
    const commitError =
      groupId === '' || !isAllowed ? refused : await core.groups.commit(groupId, member, offsets)
    return {
      topics: checked.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partition, errorCode }) => ({
          partitionIndex: partition.partitionIndex,
          errorCode: errorCode === kafkaError.none ? commitError : errorCode,
        })),
      })),
    }
  },
})
