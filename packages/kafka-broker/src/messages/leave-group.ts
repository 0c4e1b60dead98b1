import { array, int16, int32, message, nullableString, optionalArray, string, struct } from '../core/codec.ts'

/* LeaveGroup (key 13, v0-5, flexible from v4)
 *   request:  groupId:str, memberId:str 0-2, members[]{memberId:str 3+, groupInstanceId:str? 3+,
 *      reason:str? 5+} 3+
 *   response: throttleTimeMs:i32 1+, errorCode:i16, members[]{memberId:str 3+, groupInstanceId:str? 3+,
 *      errorCode:i16 3+} 3+
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas LeaveGroupRequest.json and LeaveGroupResponse.json. */
export const leaveGroupRequest = message(
  { key: 13, versions: [0, 5], flexibleFrom: 4 },
  {
    groupId: string(),
    memberId: string({ to: 2 }),
    members: array(
      struct({ memberId: string(), groupInstanceId: nullableString(), reason: nullableString({ from: 5 }) }),
      { from: 3 },
    ),
  },
)

export const leaveGroupResponse = message(
  { key: 13, versions: [0, 5], flexibleFrom: 4 },
  {
    throttleTimeMs: int32({ from: 1, default: 0 }),
    errorCode: int16(),
    members: optionalArray(
      struct({ memberId: string(), groupInstanceId: nullableString({ default: null }), errorCode: int16() }),
      { from: 3 },
    ),
  },
)
