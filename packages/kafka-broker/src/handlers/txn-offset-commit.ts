import type { MessageOf } from '../core/codec.ts'
import { type KafkaErrorCode, kafkaError } from '../core/error-codes.ts'
import type { PendingOffset } from '../core/transaction.ts'
import { partitionKey } from '../groups/group-journal.ts'
import { txnOffsetCommitRequest, txnOffsetCommitResponse } from '../messages/txn-offset-commit.ts'
import { type Call, defineApi } from './api.ts'
import { fencedFor } from './fenced-code.ts'
import { offsetError } from './offset-commit.ts'

type Request = MessageOf<typeof txnOffsetCommitRequest>

/** Version that knows PRODUCER_FENCED. */
const fencedFrom = 3

/** Whether the member, if the request names one, is of the group's generation. */
async function memberError(request: Request, { core }: Call): Promise<KafkaErrorCode> {
  const { groupId, memberId, generationId: generation, groupInstanceId: instanceId } = request
  if (memberId === '' && generation < 0) return kafkaError.none
  return await core.groups.commit(groupId, { memberId, instanceId, generation }, [])
}

async function commit(request: Request, rows: readonly PendingOffset[], call: Call): Promise<KafkaErrorCode> {
  const refused = await memberError(request, call)
  if (refused !== kafkaError.none) return refused
  const { transactionalId, producerId, producerEpoch, groupId } = request
  const claim = { producerId, producerEpoch }
  const errorCode = await call.core.transactions.addOffsets(transactionalId, claim, { groupId, rows })
  return fencedFor(call.version, fencedFrom, errorCode)
}

export const txnOffsetCommit = defineApi({
  name: 'TxnOffsetCommit',
  versions: [0, 4],
  request: txnOffsetCommitRequest,
  response: txnOffsetCommitResponse,
  handle: async (request, call) => {
    const checked = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partition) => ({
        partition,
        errorCode: offsetError({ groupId: request.groupId, topic: name, partition }, call),
      })),
    }))
    const rows = checked.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ errorCode }) => errorCode === kafkaError.none)
        .map(({ partition }): PendingOffset => {
          const { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata } = partition
          return [
            partitionKey(name, partitionIndex),
            committedOffset,
            committedLeaderEpoch,
            committedMetadata ?? '',
          ]
        }),
    )
    const common = rows.length === 0 ? kafkaError.none : await commit(request, rows, call)
    return {
      topics: checked.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partition: { partitionIndex }, errorCode }) => ({
          partitionIndex,
          errorCode: errorCode === kafkaError.none ? common : errorCode,
        })),
      })),
    }
  },
})
