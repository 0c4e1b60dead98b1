import { array, boolean, int16, int32, int8, message, nullableString, string, struct } from '../core/codec.ts'

/* DescribeCluster (key 60, v0-1, flexible from v0)
 *   request:  includeClusterAuthorizedOperations:bool, endpointType:i8 1+
 *   response: throttleTimeMs:i32, errorCode:i16, errorMessage:str?, endpointType:i8 1+, clusterId:str,
 *      controllerId:i32, brokers[]{brokerId:i32, host:str, port:i32, rack:str?},
 *      clusterAuthorizedOperations:i32
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas DescribeClusterRequest.json and DescribeClusterResponse.json. */
export const describeClusterRequest = message(
  { key: 60, versions: [0, 1], flexibleFrom: 0 },
  {
    includeClusterAuthorizedOperations: boolean(),
    endpointType: int8({ from: 1 }),
  },
)

export const describeClusterResponse = message(
  { key: 60, versions: [0, 1], flexibleFrom: 0 },
  {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: nullableString({ default: null }),
    endpointType: int8({ from: 1, default: 0 }),
    clusterId: string(),
    controllerId: int32(),
    brokers: array(
      struct({ brokerId: int32(), host: string(), port: int32(), rack: nullableString({ default: null }) }),
    ),
    clusterAuthorizedOperations: int32({ default: -2_147_483_648 }),
  },
)
