import { type KafkaErrorCode, kafkaError } from '../core/error-codes.ts'
import type { ProducerClaim } from '../core/transaction.ts'
import { partitionKey } from '../groups/group-journal.ts'
import { addPartitionsToTxnRequest, addPartitionsToTxnResponse } from '../messages/add-partitions-to-txn.ts'
import { type Call, defineApi, may } from './api.ts'
import { fencedFor } from './fenced-code.ts'

type Topics = readonly { readonly name: string; readonly partitions: readonly number[] }[]

interface Wanted {
  readonly transactionalId: string
  readonly claim: ProducerClaim
  readonly topics: Topics
  readonly verifyOnly: boolean
}

/** Version that knows PRODUCER_FENCED. */
const fencedFrom = 2

function partitionError(name: string, partition: number, call: Call): KafkaErrorCode {
  if (!may(call, 'write', ['topic', name])) return kafkaError.topicAuthorizationFailed
  const isThere = call.core.store.partition(name, partition) !== undefined
  return isThere ? kafkaError.none : kafkaError.unknownTopicOrPartition
}

/** Error code of each partition: all are added, or none. */
async function add(wanted: Wanted, call: Call): Promise<TopicResult[]> {
  const { transactionalId, claim, topics, verifyOnly } = wanted
  const { transactions } = call.core
  const checked = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((index) => ({ index, errorCode: partitionError(name, index, call) })),
  }))
  const isSound = checked.every(({ partitions }) => partitions.every(({ errorCode }) => errorCode === 0))
  const keys = topics.flatMap(({ name, partitions }) => partitions.map((index) => partitionKey(name, index)))
  const common =
    isSound && !verifyOnly
      ? fencedFor(call.version, fencedFrom, await transactions.addPartitions(transactionalId, claim, keys))
      : kafkaError.operationNotAttempted
  return checked.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map(({ index, errorCode }) => {
      const own = verifyOnly
        ? transactions.writeError(transactionalId, claim, partitionKey(name, index))
        : common
      return { partitionIndex: index, partitionErrorCode: errorCode === kafkaError.none ? own : errorCode }
    }),
  }))
}

interface TopicResult {
  readonly name: string
  readonly resultsByPartition: { readonly partitionIndex: number; readonly partitionErrorCode: number }[]
}

export const addPartitionsToTxn = defineApi({
  name: 'AddPartitionsToTxn',
  versions: [0, 4],
  request: addPartitionsToTxnRequest,
  response: addPartitionsToTxnResponse,
  handle: async (request, call) => {
    if (call.version < 4) {
      const { v3AndBelowTransactionalId: transactionalId, v3AndBelowTopics: topics } = request
      const { v3AndBelowProducerId: producerId, v3AndBelowProducerEpoch: producerEpoch } = request
      const claim = { producerId, producerEpoch }
      const wanted = { transactionalId, claim, topics, verifyOnly: false }
      return { resultsByTopicV3AndBelow: await add(wanted, call) }
    }
    const resultsByTransaction = []
    for (const { transactionalId, producerId, producerEpoch, topics, verifyOnly } of request.transactions) {
      const wanted = { transactionalId, claim: { producerId, producerEpoch }, topics, verifyOnly }
      resultsByTransaction.push({ transactionalId, topicResults: await add(wanted, call) })
    }
    return { resultsByTransaction }
  },
})
