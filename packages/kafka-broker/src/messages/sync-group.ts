import { array, bytes, int16, int32, message, nullableString, string, struct } from '../core/codec.ts'

/* SyncGroup (key 14, v0-5, flexible from v4)
 *   request:  groupId:str, generationId:i32, memberId:str, groupInstanceId:str? 3+, protocolType:str? 5+,
 *      protocolName:str? 5+, assignments[]{memberId:str, assignment:bytes}
 *   response: throttleTimeMs:i32 1+, errorCode:i16, protocolType:str? 5+, protocolName:str? 5+,
 *      assignment:bytes
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas SyncGroupRequest.json and SyncGroupResponse.json. */
export const syncGroupRequest = message(
  { key: 14, versions: [0, 5], flexibleFrom: 4 },
  {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: nullableString({ from: 3 }),
    protocolType: nullableString({ from: 5 }),
    protocolName: nullableString({ from: 5 }),
    assignments: array(struct({ memberId: string(), assignment: bytes() })),
  },
)

export const syncGroupResponse = message(
  { key: 14, versions: [0, 5], flexibleFrom: 4 },
  {
    throttleTimeMs: int32({ from: 1, default: 0 }),
    errorCode: int16(),
    protocolType: nullableString({ from: 5, default: null }),
    protocolName: nullableString({ from: 5, default: null }),
    assignment: bytes(),
  },
)
