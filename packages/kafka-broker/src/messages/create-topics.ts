import {
  array,
  boolean,
  int16,
  int32,
  int8,
  message,
  nullableArray,
  nullableString,
  string,
  struct,
  uuid,
  zeroUuid,
} from '../core/codec.ts'

/* CreateTopics (key 19, v0-7, flexible from v5)
 *   request:  topics[]{name:str, numPartitions:i32, replicationFactor:i16,
 *      assignments[]{partitionIndex:i32, brokerIds:i32[]}, configs[]{name:str, value:str?}},
 *      timeoutMs:i32, validateOnly:bool 1+
 *   response: throttleTimeMs:i32 2+, topics[]{name:str, topicId:uuid 7+, errorCode:i16, errorMessage:str?
 *      1+, topicConfigErrorCode:i16 @tag0(5+), numPartitions:i32 5+, replicationFactor:i16 5+,
 *      configs[]{name:str 5+, value:str? 5+, readOnly:bool 5+, configSource:i8 5+, isSensitive:bool 5+}?
 *      5+}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas CreateTopicsRequest.json and CreateTopicsResponse.json. */
export const createTopicsRequest = message(
  { key: 19, versions: [0, 7], flexibleFrom: 5 },
  {
    topics: array(
      struct({
        name: string(),
        numPartitions: int32(),
        replicationFactor: int16(),
        assignments: array(struct({ partitionIndex: int32(), brokerIds: array(int32()) })),
        configs: array(struct({ name: string(), value: nullableString() })),
      }),
    ),
    timeoutMs: int32(),
    validateOnly: boolean({ from: 1 }),
  },
)

export const createTopicsResponse = message(
  { key: 19, versions: [0, 7], flexibleFrom: 5 },
  {
    throttleTimeMs: int32({ from: 2, default: 0 }),
    topics: array(
      struct({
        name: string(),
        topicId: uuid({ from: 7, default: zeroUuid }),
        errorCode: int16(),
        errorMessage: nullableString({ from: 1, default: null }),
        topicConfigErrorCode: int16({ tag: 0 }),
        numPartitions: int32({ from: 5, default: 0 }),
        replicationFactor: int16({ from: 5, default: 0 }),
        configs: nullableArray(
          struct({
            name: string(),
            value: nullableString({ default: null }),
            readOnly: boolean(),
            configSource: int8(),
            isSensitive: boolean(),
          }),
          { from: 5 },
        ),
      }),
    ),
  },
)
