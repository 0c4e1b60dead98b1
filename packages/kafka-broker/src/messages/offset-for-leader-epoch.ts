import { array, int16, int32, int64, message, string, struct } from '../core/codec.ts'

/* OffsetForLeaderEpoch (key 23, v0-4, flexible from v4)
 *   request:  replicaId:i32 3+, topics[]{topic:str, partitions[]{partition:i32, currentLeaderEpoch:i32
 *      2+, leaderEpoch:i32}}
 *   response: throttleTimeMs:i32 2+, topics[]{topic:str, partitions[]{errorCode:i16, partition:i32,
 *      leaderEpoch:i32 1+, endOffset:i64}}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas OffsetForLeaderEpochRequest.json and OffsetForLeaderEpochResponse.json. */
export const offsetForLeaderEpochRequest = message(
  { key: 23, versions: [0, 4], flexibleFrom: 4 },
  {
    replicaId: int32({ from: 3, default: -1 }),
    topics: array(
      struct({
        topic: string(),
        partitions: array(
          struct({
            partition: int32(),
            currentLeaderEpoch: int32({ from: 2, default: -1 }),
            leaderEpoch: int32({ default: -1 }),
          }),
        ),
      }),
    ),
  },
)

export const offsetForLeaderEpochResponse = message(
  { key: 23, versions: [0, 4], flexibleFrom: 4 },
  {
    throttleTimeMs: int32({ from: 2, default: 0 }),
    topics: array(
      struct({
        topic: string(),
        partitions: array(
          struct({
            errorCode: int16(),
            partition: int32(),
            leaderEpoch: int32({ from: 1, default: -1 }),
            endOffset: int64(),
          }),
        ),
      }),
    ),
  },
)
