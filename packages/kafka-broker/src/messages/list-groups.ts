import { array, int16, int32, message, string, struct } from '../core/codec.ts'

/* ListGroups (key 16, v0-5, flexible from v3)
 *   request:  statesFilter:str[] 4+, typesFilter:str[] 5+
 *   response: throttleTimeMs:i32 1+, errorCode:i16, groups[]{groupId:str, protocolType:str,
 *      groupState:str 4+, groupType:str 5+}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas ListGroupsRequest.json and ListGroupsResponse.json. */
export const listGroupsRequest = message(
  { key: 16, versions: [0, 5], flexibleFrom: 3 },
  {
    statesFilter: array(string(), { from: 4 }),
    typesFilter: array(string(), { from: 5 }),
  },
)

export const listGroupsResponse = message(
  { key: 16, versions: [0, 5], flexibleFrom: 3 },
  {
    throttleTimeMs: int32({ from: 1, default: 0 }),
    errorCode: int16(),
    groups: array(
      struct({
        groupId: string(),
        protocolType: string(),
        groupState: string({ from: 4, default: '' }),
        groupType: string({ from: 5, default: '' }),
      }),
    ),
  },
)
