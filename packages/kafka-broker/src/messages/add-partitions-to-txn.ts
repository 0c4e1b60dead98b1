import { array, boolean, int16, int32, int64, message, optionalArray, string, struct } from '../core/codec.ts'

/* AddPartitionsToTxn (key 24, v0-4, flexible from v3)
 *   request:  transactions[]{transactionalId:str 4+, producerId:i64 4+, producerEpoch:i16 4+, verifyOnly:bool 4+,
 *      topics[]{name:str, partitions:i32[]} 4+} 4+, v3AndBelowTransactionalId:str 0-3, v3AndBelowProducerId:i64 0-3,
 *      v3AndBelowProducerEpoch:i16 0-3, v3AndBelowTopics[]{name:str, partitions:i32[]} 0-3
 *   response: throttleTimeMs:i32, errorCode:i16 4+, resultsByTransaction[]{transactionalId:str 4+,
 *      topicResults[]{name:str, resultsByPartition[]{partitionIndex:i32, partitionErrorCode:i16}} 4+} 4+,
 *      resultsByTopicV3AndBelow[]{name:str, resultsByPartition[]{partitionIndex:i32, partitionErrorCode:i16}} 0-3
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas AddPartitionsToTxnRequest.json and AddPartitionsToTxnResponse.json. */
const topics = struct({ name: string(), partitions: array(int32()) })
const results = struct({
  name: string(),
  resultsByPartition: array(struct({ partitionIndex: int32(), partitionErrorCode: int16() })),
})

export const addPartitionsToTxnRequest = message(
  { key: 24, versions: [0, 4], flexibleFrom: 3 },
  {
    transactions: array(
      struct({
        transactionalId: string(),
        producerId: int64(),
        producerEpoch: int16(),
        verifyOnly: boolean(),
        topics: array(topics),
      }),
      { from: 4 },
    ),
    v3AndBelowTransactionalId: string({ to: 3 }),
    v3AndBelowProducerId: int64({ to: 3 }),
    v3AndBelowProducerEpoch: int16({ to: 3 }),
    v3AndBelowTopics: array(topics, { to: 3 }),
  },
)

export const addPartitionsToTxnResponse = message(
  { key: 24, versions: [0, 4], flexibleFrom: 3 },
  {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16({ from: 4, default: 0 }),
    resultsByTransaction: optionalArray(struct({ transactionalId: string(), topicResults: array(results) }), {
      from: 4,
    }),
    resultsByTopicV3AndBelow: optionalArray(results, { to: 3 }),
  },
)
