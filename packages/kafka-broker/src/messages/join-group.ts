import {
  array,
  boolean,
  bytes,
  int16,
  int32,
  message,
  nullableString,
  string,
  struct,
} from '../core/codec.ts'

/* JoinGroup (key 11, v0-9, flexible from v6)
 *   request:  groupId:str, sessionTimeoutMs:i32, rebalanceTimeoutMs:i32 1+, memberId:str,
 *      groupInstanceId:str? 5+, protocolType:str, protocols[]{name:str, metadata:bytes}, reason:str? 8+
 *   response: throttleTimeMs:i32 2+, errorCode:i16, generationId:i32, protocolType:str? 7+,
 *      protocolName:str?(7+), leader:str, skipAssignment:bool 9+, memberId:str, members[]{memberId:str,
 *      groupInstanceId:str? 5+, metadata:bytes}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas JoinGroupRequest.json and JoinGroupResponse.json. */
export const joinGroupRequest = message(
  { key: 11, versions: [0, 9], flexibleFrom: 6 },
  {
    groupId: string(),
    sessionTimeoutMs: int32(),
    rebalanceTimeoutMs: int32({ from: 1 }),
    memberId: string(),
    groupInstanceId: nullableString({ from: 5 }),
    protocolType: string(),
    protocols: array(struct({ name: string(), metadata: bytes() })),
    reason: nullableString({ from: 8 }),
  },
)

export const joinGroupResponse = message(
  { key: 11, versions: [0, 9], flexibleFrom: 6 },
  {
    throttleTimeMs: int32({ from: 2, default: 0 }),
    errorCode: int16(),
    generationId: int32(),
    protocolType: nullableString({ from: 7, default: null }),
    protocolName: nullableString({ default: null }),
    leader: string(),
    skipAssignment: boolean({ from: 9, default: false }),
    memberId: string(),
    members: array(
      struct({
        memberId: string(),
        groupInstanceId: nullableString({ from: 5, default: null }),
        metadata: bytes(),
      }),
    ),
  },
)
