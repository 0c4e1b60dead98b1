import {
  array,
  int16,
  int32,
  int64,
  int8,
  message,
  nullableArray,
  nullableString,
  optionalArray,
  records,
  string,
  struct,
  taggedStruct,
  uuid,
  zeroUuid,
} from '../core/codec.ts'

/* Fetch (key 1, v0-17, flexible from v12)
 *   request:  clusterId:str? @tag0(12+), replicaId:i32 0-14, replicaState{replicaId:i32 15+,
 *      replicaEpoch:i64 15+} @tag1(15+), maxWaitMs:i32, minBytes:i32, maxBytes:i32 3+, isolationLevel:i8
 *      4+, sessionId:i32 7+, sessionEpoch:i32 7+, topics[]{topic:str 0-12, topicId:uuid 13+,
 *      partitions[]{partition:i32, currentLeaderEpoch:i32 9+, fetchOffset:i64, lastFetchedEpoch:i32 12+,
 *      logStartOffset:i64 5+, partitionMaxBytes:i32, replicaDirectoryId:uuid @tag0(17+)}},
 *      forgottenTopicsData[]{topic:str 7-12, topicId:uuid 13+, partitions:i32[] 7+} 7+, rackId:str 11+
 *   response: throttleTimeMs:i32 1+, errorCode:i16 7+, sessionId:i32 7+, responses[]{topic:str 0-12,
 *      topicId:uuid 13+, partitions[]{partitionIndex:i32, errorCode:i16, highWatermark:i64,
 *      lastStableOffset:i64 4+, logStartOffset:i64 5+, divergingEpoch{epoch:i32 12+, endOffset:i64 12+}
 *      @tag0(12+), currentLeader{leaderId:i32 12+, leaderEpoch:i32 12+} @tag1(12+),
 *      snapshotId{endOffset:i64, epoch:i32} @tag2(12+), abortedTransactions[]{producerId:i64 4+,
 *      firstOffset:i64 4+}? 4+, preferredReadReplica:i32 11+, records:records?}},
 *      nodeEndpoints[]{nodeId:i32 16+, host:str 16+, port:i32 16+, rack:str? 16+} @tag0(16+)
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas FetchRequest.json and FetchResponse.json. */
export const fetchRequest = message(
  { key: 1, versions: [0, 17], flexibleFrom: 12 },
  {
    clusterId: nullableString({ tag: 0 }),
    replicaId: int32({ to: 14, default: -1 }),
    replicaState: taggedStruct(
      { replicaId: int32({ from: 15, default: -1 }), replicaEpoch: int64({ from: 15 }) },
      { tag: 1 },
    ),
    maxWaitMs: int32(),
    minBytes: int32(),
    maxBytes: int32({ from: 3 }),
    isolationLevel: int8({ from: 4 }),
    sessionId: int32({ from: 7, default: 0 }),
    sessionEpoch: int32({ from: 7, default: -1 }),
    topics: array(
      struct({
        topic: string({ to: 12 }),
        topicId: uuid({ from: 13 }),
        partitions: array(
          struct({
            partition: int32(),
            currentLeaderEpoch: int32({ from: 9, default: -1 }),
            fetchOffset: int64(),
            lastFetchedEpoch: int32({ from: 12, default: -1 }),
            logStartOffset: int64({ from: 5, default: -1 }),
            partitionMaxBytes: int32(),
            replicaDirectoryId: uuid({ tag: 0 }),
          }),
        ),
      }),
    ),
    forgottenTopicsData: array(
      struct({ topic: string({ to: 12 }), topicId: uuid({ from: 13 }), partitions: array(int32()) }),
      { from: 7 },
    ),
    rackId: string({ from: 11 }),
  },
)

export const fetchResponse = message(
  { key: 1, versions: [0, 17], flexibleFrom: 12 },
  {
    throttleTimeMs: int32({ from: 1, default: 0 }),
    errorCode: int16({ from: 7, default: 0 }),
    sessionId: int32({ from: 7, default: 0 }),
    responses: array(
      struct({
        topic: string({ to: 12, default: '' }),
        topicId: uuid({ from: 13, default: zeroUuid }),
        partitions: array(
          struct({
            partitionIndex: int32(),
            errorCode: int16(),
            highWatermark: int64(),
            lastStableOffset: int64({ from: 4, default: 0 }),
            logStartOffset: int64({ from: 5, default: -1 }),
            divergingEpoch: taggedStruct(
              { epoch: int32({ from: 12, default: 0 }), endOffset: int64({ from: 12, default: 0 }) },
              { tag: 0 },
            ),
            currentLeader: taggedStruct(
              { leaderId: int32({ from: 12, default: 0 }), leaderEpoch: int32({ from: 12, default: -1 }) },
              { tag: 1 },
            ),
            snapshotId: taggedStruct({ endOffset: int64(), epoch: int32() }, { tag: 2 }),
            abortedTransactions: nullableArray(struct({ producerId: int64(), firstOffset: int64() }), {
              from: 4,
            }),
            preferredReadReplica: int32({ from: 11, default: -1 }),
            records: records(),
          }),
        ),
      }),
    ),
    nodeEndpoints: optionalArray(
      struct({
        nodeId: int32({ from: 16, default: 0 }),
        host: string({ from: 16, default: '' }),
        port: int32({ from: 16, default: 0 }),
        rack: nullableString({ from: 16, default: null }),
      }),
      { tag: 0 },
    ),
  },
)
