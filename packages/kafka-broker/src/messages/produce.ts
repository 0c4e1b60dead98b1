import {
  array,
  int16,
  int32,
  int64,
  message,
  nullableString,
  optionalArray,
  records,
  string,
  struct,
  taggedStruct,
} from '../core/codec.ts'

/* Produce (key 0, v0-11, flexible from v9)
 *   request:  transactionalId:str? 3+, acks:i16, timeoutMs:i32, topicData[]{name:str,
 *      partitionData[]{index:i32, records:records?}}
 *   response: responses[]{name:str, partitionResponses[]{index:i32, errorCode:i16, baseOffset:i64,
 *      logAppendTimeMs:i64 2+, logStartOffset:i64 5+, recordErrors[]{batchIndex:i32 8+,
 *      batchIndexErrorMessage:str? 8+} 8+, errorMessage:str? 8+, currentLeader{leaderId:i32 10+,
 *      leaderEpoch:i32 10+} @tag0(10+)}}, throttleTimeMs:i32 1+, nodeEndpoints[]{nodeId:i32 10+, host:str
 *      10+, port:i32 10+, rack:str? 10+} @tag0(10+)
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas ProduceRequest.json and ProduceResponse.json. */
export const produceRequest = message(
  { key: 0, versions: [0, 11], flexibleFrom: 9 },
  {
    transactionalId: nullableString({ from: 3 }),
    acks: int16(),
    timeoutMs: int32(),
    topicData: array(
      struct({ name: string(), partitionData: array(struct({ index: int32(), records: records() })) }),
    ),
  },
)

export const produceResponse = message(
  { key: 0, versions: [0, 11], flexibleFrom: 9 },
  {
    responses: array(
      struct({
        name: string(),
        partitionResponses: array(
          struct({
            index: int32(),
            errorCode: int16(),
            baseOffset: int64(),
            logAppendTimeMs: int64({ from: 2, default: -1 }),
            logStartOffset: int64({ from: 5, default: -1 }),
            recordErrors: optionalArray(
              struct({ batchIndex: int32(), batchIndexErrorMessage: nullableString({ default: null }) }),
              { from: 8 },
            ),
            errorMessage: nullableString({ from: 8, default: null }),
            currentLeader: taggedStruct(
              { leaderId: int32({ from: 10, default: 0 }), leaderEpoch: int32({ from: 10, default: -1 }) },
              { tag: 0 },
            ),
          }),
        ),
      }),
    ),
    throttleTimeMs: int32({ from: 1, default: 0 }),
    nodeEndpoints: optionalArray(
      struct({
        nodeId: int32({ from: 10, default: 0 }),
        host: string({ from: 10, default: '' }),
        port: int32({ from: 10, default: 0 }),
        rack: nullableString({ from: 10, default: null }),
      }),
      { tag: 0 },
    ),
  },
)
