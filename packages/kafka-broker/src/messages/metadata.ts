import {
  array,
  boolean,
  int16,
  int32,
  message,
  nullableArray,
  nullableString,
  optionalArray,
  string,
  struct,
  uuid,
  zeroUuid,
} from '../core/codec.ts'

/* Metadata (key 3, v0-12, flexible from v9)
 *   request:  topics[]{topicId:uuid 10+, name:str?(10+)}?(1+), allowAutoTopicCreation:bool 4+,
 *      includeClusterAuthorizedOperations:bool 8-10, includeTopicAuthorizedOperations:bool 8+
 *   response: throttleTimeMs:i32 3+, brokers[]{nodeId:i32, host:str, port:i32, rack:str? 1+},
 *      clusterId:str? 2+, controllerId:i32 1+, topics[]{errorCode:i16, name:str?(12+), topicId:uuid 10+,
 *      isInternal:bool 1+, partitions[]{errorCode:i16, partitionIndex:i32, leaderId:i32, leaderEpoch:i32
 *      7+, replicaNodes:i32[], isrNodes:i32[], offlineReplicas:i32[] 5+}, topicAuthorizedOperations:i32
 *      8+}, clusterAuthorizedOperations:i32 8-10
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas MetadataRequest.json and MetadataResponse.json. */
export const metadataRequest = message(
  { key: 3, versions: [0, 12], flexibleFrom: 9 },
  {
    topics: nullableArray(struct({ topicId: uuid({ from: 10 }), name: nullableString() })),
    allowAutoTopicCreation: boolean({ from: 4 }),
    includeClusterAuthorizedOperations: boolean({ from: 8, to: 10 }),
    includeTopicAuthorizedOperations: boolean({ from: 8 }),
  },
)

export const metadataResponse = message(
  { key: 3, versions: [0, 12], flexibleFrom: 9 },
  {
    throttleTimeMs: int32({ from: 3, default: 0 }),
    brokers: array(
      struct({
        nodeId: int32(),
        host: string(),
        port: int32(),
        rack: nullableString({ from: 1, default: null }),
      }),
    ),
    clusterId: nullableString({ from: 2, default: null }),
    controllerId: int32({ from: 1, default: 0 }),
    topics: array(
      struct({
        errorCode: int16(),
        name: nullableString({ default: null }),
        topicId: uuid({ from: 10, default: zeroUuid }),
        isInternal: boolean({ from: 1, default: false }),
        partitions: array(
          struct({
            errorCode: int16(),
            partitionIndex: int32(),
            leaderId: int32(),
            leaderEpoch: int32({ from: 7, default: -1 }),
            replicaNodes: array(int32()),
            isrNodes: array(int32()),
            offlineReplicas: optionalArray(int32(), { from: 5 }),
          }),
        ),
        topicAuthorizedOperations: int32({ from: 8, default: -2_147_483_648 }),
      }),
    ),
    clusterAuthorizedOperations: int32({ from: 8, to: 10, default: -2_147_483_648 }),
  },
)
