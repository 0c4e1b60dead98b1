import { int16, int32, int64, message, string } from '../core/codec.ts'

/* AddOffsetsToTxn (key 25, v0-4, flexible from v3)
 *   request:  transactionalId:str, producerId:i64, producerEpoch:i16, groupId:str
 *   response: throttleTimeMs:i32, errorCode:i16
 * Source: Kafka message schemas AddOffsetsToTxnRequest.json and AddOffsetsToTxnResponse.json. */
export const addOffsetsToTxnRequest = message(
  { key: 25, versions: [0, 4], flexibleFrom: 3 },
  { transactionalId: string(), producerId: int64(), producerEpoch: int16(), groupId: string() },
)

export const addOffsetsToTxnResponse = message(
  { key: 25, versions: [0, 4], flexibleFrom: 3 },
  { throttleTimeMs: int32({ default: 0 }), errorCode: int16() },
)
