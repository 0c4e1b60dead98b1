import { array, int16, int32, int64, message, nullableString, string, struct } from '../core/codec.ts'

/* OffsetCommit (key 8, v0-9, flexible from v8)
 *   request:  groupId:str, generationIdOrMemberEpoch:i32 1+, memberId:str 1+, groupInstanceId:str? 7+,
 *      retentionTimeMs:i64 2-4, topics[]{name:str, partitions[]{partitionIndex:i32, committedOffset:i64,
 *      committedLeaderEpoch:i32 6+, commitTimestamp:i64 1, committedMetadata:str?}}
 *   response: throttleTimeMs:i32 3+, topics[]{name:str, partitions[]{partitionIndex:i32, errorCode:i16}}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas OffsetCommitRequest.json and OffsetCommitResponse.json. */
export const offsetCommitRequest = message(
  { key: 8, versions: [0, 9], flexibleFrom: 8 },
  {
    groupId: string(),
    generationIdOrMemberEpoch: int32({ from: 1, default: -1 }),
    memberId: string({ from: 1 }),
    groupInstanceId: nullableString({ from: 7 }),
    retentionTimeMs: int64({ from: 2, to: 4 }),
    topics: array(
      struct({
        name: string(),
        partitions: array(
          struct({
            partitionIndex: int32(),
            committedOffset: int64(),
            committedLeaderEpoch: int32({ from: 6, default: -1 }),
            commitTimestamp: int64({ from: 1, to: 1 }),
            committedMetadata: nullableString(),
          }),
        ),
      }),
    ),
  },
)

export const offsetCommitResponse = message(
  { key: 8, versions: [0, 9], flexibleFrom: 8 },
  {
    throttleTimeMs: int32({ from: 3, default: 0 }),
    topics: array(
      struct({ name: string(), partitions: array(struct({ partitionIndex: int32(), errorCode: int16() })) }),
    ),
  },
)
