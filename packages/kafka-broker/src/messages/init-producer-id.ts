import { int16, int32, int64, message, nullableString } from '../core/codec.ts'

/* InitProducerId (key 22, v0-5, flexible from v2)
 *   request:  transactionalId:str?, transactionTimeoutMs:i32, producerId:i64 3+, producerEpoch:i16 3+
 *   response: throttleTimeMs:i32, errorCode:i16, producerId:i64, producerEpoch:i16
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas InitProducerIdRequest.json and InitProducerIdResponse.json. */
export const initProducerIdRequest = message(
  { key: 22, versions: [0, 5], flexibleFrom: 2 },
  {
    transactionalId: nullableString(),
    transactionTimeoutMs: int32(),
    producerId: int64({ from: 3 }),
    producerEpoch: int16({ from: 3 }),
  },
)

export const initProducerIdResponse = message(
  { key: 22, versions: [0, 5], flexibleFrom: 2 },
  {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    producerId: int64(),
    producerEpoch: int16(),
  },
)
