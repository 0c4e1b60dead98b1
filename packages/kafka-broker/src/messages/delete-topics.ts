import {
  array,
  int16,
  int32,
  message,
  nullableString,
  string,
  struct,
  uuid,
  zeroUuid,
} from '../core/codec.ts'

/* DeleteTopics (key 20, v0-6, flexible from v4)
 *   request:  topics[]{name:str? 6+, topicId:uuid 6+} 6+, topicNames:str[] 0-5, timeoutMs:i32
 *   response: throttleTimeMs:i32 1+, responses[]{name:str?(6+), topicId:uuid 6+, errorCode:i16,
 *      errorMessage:str? 5+}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas DeleteTopicsRequest.json and DeleteTopicsResponse.json. */
export const deleteTopicsRequest = message(
  { key: 20, versions: [0, 6], flexibleFrom: 4 },
  {
    topics: array(struct({ name: nullableString(), topicId: uuid() }), { from: 6 }),
    topicNames: array(string(), { to: 5 }),
    timeoutMs: int32(),
  },
)

export const deleteTopicsResponse = message(
  { key: 20, versions: [0, 6], flexibleFrom: 4 },
  {
    throttleTimeMs: int32({ from: 1, default: 0 }),
    responses: array(
      struct({
        name: nullableString({ default: null }),
        topicId: uuid({ from: 6, default: zeroUuid }),
        errorCode: int16(),
        errorMessage: nullableString({ from: 5, default: null }),
      }),
    ),
  },
)
