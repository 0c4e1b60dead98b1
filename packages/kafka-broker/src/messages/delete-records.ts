import { array, int16, int32, int64, message, string, struct } from '../core/codec.ts'

/* DeleteRecords (key 21, v0-2, flexible from v2)
 *   request:  topics[]{name:str, partitions[]{partitionIndex:i32, offset:i64}}, timeoutMs:i32
 *   response: throttleTimeMs:i32, topics[]{name:str, partitions[]{partitionIndex:i32, lowWatermark:i64,
 *      errorCode:i16}}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas DeleteRecordsRequest.json and DeleteRecordsResponse.json. */
export const deleteRecordsRequest = message(
  { key: 21, versions: [0, 2], flexibleFrom: 2 },
  {
    topics: array(
      struct({ name: string(), partitions: array(struct({ partitionIndex: int32(), offset: int64() })) }),
    ),
    timeoutMs: int32(),
  },
)

export const deleteRecordsResponse = message(
  { key: 21, versions: [0, 2], flexibleFrom: 2 },
  {
    throttleTimeMs: int32({ default: 0 }),
    topics: array(
      struct({
        name: string(),
        partitions: array(struct({ partitionIndex: int32(), lowWatermark: int64(), errorCode: int16() })),
      }),
    ),
  },
)
