import {
  array,
  boolean,
  int16,
  int32,
  message,
  nullableArray,
  nullableString,
  string,
  struct,
} from '../core/codec.ts'

/* CreatePartitions (key 37, v0-3, flexible from v2)
 *   request:  topics[]{name:str, count:i32, assignments[]{brokerIds:i32[]}?}, timeoutMs:i32,
 *      validateOnly:bool
 *   response: throttleTimeMs:i32, results[]{name:str, errorCode:i16, errorMessage:str?}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas CreatePartitionsRequest.json and CreatePartitionsResponse.json. */
export const createPartitionsRequest = message(
  { key: 37, versions: [0, 3], flexibleFrom: 2 },
  {
    topics: array(
      struct({
        name: string(),
        count: int32(),
        assignments: nullableArray(struct({ brokerIds: array(int32()) })),
      }),
    ),
    timeoutMs: int32(),
    validateOnly: boolean(),
  },
)

export const createPartitionsResponse = message(
  { key: 37, versions: [0, 3], flexibleFrom: 2 },
  {
    throttleTimeMs: int32({ default: 0 }),
    results: array(
      struct({ name: string(), errorCode: int16(), errorMessage: nullableString({ default: null }) }),
    ),
  },
)
