import { boolean, int16, int32, int64, message, string } from '../core/codec.ts'

/* EndTxn (key 26, v0-4, flexible from v3)
 *   request:  transactionalId:str, producerId:i64, producerEpoch:i16, committed:bool
 *   response: throttleTimeMs:i32, errorCode:i16
 * Source: Kafka message schemas EndTxnRequest.json and EndTxnResponse.json. */
export const endTxnRequest = message(
  { key: 26, versions: [0, 4], flexibleFrom: 3 },
  { transactionalId: string(), producerId: int64(), producerEpoch: int16(), committed: boolean() },
)

export const endTxnResponse = message(
  { key: 26, versions: [0, 4], flexibleFrom: 3 },
  { throttleTimeMs: int32({ default: 0 }), errorCode: int16() },
)
