import { int16, int32, message, nullableString, string } from '../core/codec.ts'

/* Heartbeat (key 12, v0-4, flexible from v4)
 *   request:  groupId:str, generationId:i32, memberId:str, groupInstanceId:str? 3+
 *   response: throttleTimeMs:i32 1+, errorCode:i16
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas HeartbeatRequest.json and HeartbeatResponse.json. */
export const heartbeatRequest = message(
  { key: 12, versions: [0, 4], flexibleFrom: 4 },
  {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: nullableString({ from: 3 }),
  },
)

export const heartbeatResponse = message(
  { key: 12, versions: [0, 4], flexibleFrom: 4 },
  {
    throttleTimeMs: int32({ from: 1, default: 0 }),
    errorCode: int16(),
  },
)
