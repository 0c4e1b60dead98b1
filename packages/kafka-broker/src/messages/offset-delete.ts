import { array, int16, int32, message, string, struct } from '../core/codec.ts'

/* OffsetDelete (key 47, v0-0, no flexible version)
 *   request:  groupId:str, topics[]{name:str, partitions[]{partitionIndex:i32}}
 *   response: errorCode:i16, throttleTimeMs:i32, topics[]{name:str, partitions[]{partitionIndex:i32,
 *      errorCode:i16}}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas OffsetDeleteRequest.json and OffsetDeleteResponse.json. */
export const offsetDeleteRequest = message(
  { key: 47, versions: [0, 0] },
  {
    groupId: string(),
    topics: array(struct({ name: string(), partitions: array(struct({ partitionIndex: int32() })) })),
  },
)

export const offsetDeleteResponse = message(
  { key: 47, versions: [0, 0] },
  {
    errorCode: int16(),
    throttleTimeMs: int32({ default: 0 }),
    topics: array(
      struct({ name: string(), partitions: array(struct({ partitionIndex: int32(), errorCode: int16() })) }),
    ),
  },
)
