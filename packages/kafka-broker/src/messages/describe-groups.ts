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

/* DescribeGroups (key 15, v0-5, flexible from v5)
 *   request:  groups:str[], includeAuthorizedOperations:bool 3+
 *   response: throttleTimeMs:i32 1+, groups[]{errorCode:i16, groupId:str, groupState:str,
 *      protocolType:str, protocolData:str, members[]{memberId:str, groupInstanceId:str? 4+, clientId:str,
 *      clientHost:str, memberMetadata:bytes, memberAssignment:bytes}, authorizedOperations:i32 3+}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas DescribeGroupsRequest.json and DescribeGroupsResponse.json. */
export const describeGroupsRequest = message(
  { key: 15, versions: [0, 5], flexibleFrom: 5 },
  {
    groups: array(string()),
    includeAuthorizedOperations: boolean({ from: 3 }),
  },
)

export const describeGroupsResponse = message(
  { key: 15, versions: [0, 5], flexibleFrom: 5 },
  {
    throttleTimeMs: int32({ from: 1, default: 0 }),
    groups: array(
      struct({
        errorCode: int16(),
        groupId: string(),
        groupState: string(),
        protocolType: string(),
        protocolData: string(),
        members: array(
          struct({
            memberId: string(),
            groupInstanceId: nullableString({ from: 4, default: null }),
            clientId: string(),
            clientHost: string(),
            memberMetadata: bytes(),
            memberAssignment: bytes(),
          }),
        ),
        authorizedOperations: int32({ from: 3, default: -2_147_483_648 }),
      }),
    ),
  },
)
