import { array, int16, int32, message, string, struct } from '../core/codec.ts'

/* DeleteGroups (key 42, v0-2, flexible from v2)
 *   request:  groupsNames:str[]
 *   response: throttleTimeMs:i32, results[]{groupId:str, errorCode:i16}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas DeleteGroupsRequest.json and DeleteGroupsResponse.json. */
export const deleteGroupsRequest = message(
  { key: 42, versions: [0, 2], flexibleFrom: 2 },
  {
    groupsNames: array(string()),
  },
)

export const deleteGroupsResponse = message(
  { key: 42, versions: [0, 2], flexibleFrom: 2 },
  {
    throttleTimeMs: int32({ default: 0 }),
    results: array(struct({ groupId: string(), errorCode: int16() })),
  },
)
