import { kafkaError } from '../core/error-codes.ts'
import { deleteRecordsRequest, deleteRecordsResponse } from '../messages/delete-records.ts'
import { type Call, defineApi, may } from './api.ts'

async function deleteUpTo(
  topic: string,
  request: { partitionIndex: number; offset: number },
  call: Call,
): Promise<PartitionResult> {
  const { partitionIndex, offset } = request
  if (!may(call, 'alter', ['topic', topic]))
    return { partitionIndex, lowWatermark: -1, errorCode: kafkaError.topicAuthorizationFailed }
  const log = call.core.store.partition(topic, partitionIndex)
  if (log === undefined)
    return { partitionIndex, lowWatermark: -1, errorCode: kafkaError.unknownTopicOrPartition }
  const isKnown = offset >= -1 && (await log.deleteRecords(offset === -1 ? log.endOffset : offset))
  if (!isKnown) return { partitionIndex, lowWatermark: -1, errorCode: kafkaError.offsetOutOfRange }
  return { partitionIndex, lowWatermark: log.logStartOffset, errorCode: kafkaError.none }
}

interface PartitionResult {
  readonly partitionIndex: number
  readonly lowWatermark: number
  readonly errorCode: number
}

export const deleteRecords = defineApi({
  name: 'DeleteRecords',
  versions: [0, 2],
  request: deleteRecordsRequest,
  response: deleteRecordsResponse,
  handle: async (request, call) => {
    const topics = []
    for (const { name, partitions } of request.topics) {
      const results: PartitionResult[] = []
      for (const partition of partitions) results.push(await deleteUpTo(name, partition, call))
      topics.push({ name, partitions: results })
    }
    return { topics }
  },
})
