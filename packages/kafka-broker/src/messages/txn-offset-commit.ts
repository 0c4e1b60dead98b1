import { array, int16, int32, int64, message, nullableString, string, struct } from '../core/codec.ts'

/* TxnOffsetCommit (key 28, v0-4, flexible from v3)
 *   request:  transactionalId:str, groupId:str, producerId:i64, producerEpoch:i16, generationId:i32 3+, memberId:str 3+,
 *      groupInstanceId:str? 3+, topics[]{name:str, partitions[]{partitionIndex:i32, committedOffset:i64,
 *      committedLeaderEpoch:i32 2+, committedMetadata:str?}}
 *   response: throttleTimeMs:i32, topics[]{name:str, partitions[]{partitionIndex:i32, errorCode:i16}}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas TxnOffsetCommitRequest.json and TxnOffsetCommitResponse.json. */
export const txnOffsetCommitRequest = message(
  { key: 28, versions: [0, 4], flexibleFrom: 3 },
  {
    transactionalId: string(),
    groupId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    generationId: int32({ from: 3, default: -1 }),
    memberId: string({ from: 3, default: '' }),
    groupInstanceId: nullableString({ from: 3, default: null }),
    topics: array(
      struct({
        name: string(),
        partitions: array(
          struct({
            partitionIndex: int32(),
            committedOffset: int64(),
            committedLeaderEpoch: int32({ from: 2, default: -1 }),
            committedMetadata: nullableString(),
          }),
        ),
      }),
    ),
  },
)

export const txnOffsetCommitResponse = message(
  { key: 28, versions: [0, 4], flexibleFrom: 3 },
  {
    throttleTimeMs: int32({ default: 0 }),
    topics: array(
      struct({
        name: string(),
        partitions: array(struct({ partitionIndex: int32(), errorCode: int16() })),
      }),
    ),
  },
)
