import { array, int16, int32, int64, int8, message, optionalArray, string, struct } from '../core/codec.ts'

/* ListOffsets (key 2, v0-9, flexible from v6)
 *   request:  replicaId:i32, isolationLevel:i8 2+, topics[]{name:str, partitions[]{partitionIndex:i32,
 *      currentLeaderEpoch:i32 4+, timestamp:i64, maxNumOffsets:i32 0}}
 *   response: throttleTimeMs:i32 2+, topics[]{name:str, partitions[]{partitionIndex:i32, errorCode:i16,
 *      oldStyleOffsets:i64[] 0, timestamp:i64 1+, offset:i64 1+, leaderEpoch:i32 4+}}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas ListOffsetsRequest.json and ListOffsetsResponse.json. */
export const listOffsetsRequest = message(
  { key: 2, versions: [0, 9], flexibleFrom: 6 },
  {
    replicaId: int32({ default: -1 }),
    isolationLevel: int8({ from: 2 }),
    topics: array(
      struct({
        name: string(),
        partitions: array(
          struct({
            partitionIndex: int32(),
            currentLeaderEpoch: int32({ from: 4, default: -1 }),
            timestamp: int64(),
            maxNumOffsets: int32({ to: 0 }),
          }),
        ),
      }),
    ),
  },
)

export const listOffsetsResponse = message(
  { key: 2, versions: [0, 9], flexibleFrom: 6 },
  {
    throttleTimeMs: int32({ from: 2, default: 0 }),
    topics: array(
      struct({
        name: string(),
        partitions: array(
          struct({
            partitionIndex: int32(),
            errorCode: int16(),
            oldStyleOffsets: optionalArray(int64(), { to: 0 }),
            timestamp: int64({ from: 1, default: 0 }),
            offset: int64({ from: 1, default: 0 }),
            leaderEpoch: int32({ from: 4, default: -1 }),
          }),
        ),
      }),
    ),
  },
)
