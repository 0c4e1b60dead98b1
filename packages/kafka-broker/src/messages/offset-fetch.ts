import {
  array,
  boolean,
  int16,
  int32,
  int64,
  message,
  nullableArray,
  nullableString,
  optionalArray,
  string,
  struct,
} from '../core/codec.ts'

/* OffsetFetch (key 9, v0-9, flexible from v6)
 *   request:  groupId:str 0-7, topics[]{name:str 0-7, partitionIndexes:i32[] 0-7}?(2+) 0-7,
 *      groups[]{groupId:str 8+, memberId:str? 9+, memberEpoch:i32 9+, topics[]{name:str 8+,
 *      partitionIndexes:i32[] 8+}? 8+} 8+, requireStable:bool 7+
 *   response: throttleTimeMs:i32 3+, topics[]{name:str 0-7, partitions[]{partitionIndex:i32 0-7,
 *      committedOffset:i64 0-7, committedLeaderEpoch:i32 5-7, metadata:str? 0-7, errorCode:i16 0-7} 0-7}
 *      0-7, errorCode:i16 2-7, groups[]{groupId:str 8+, topics[]{name:str 8+,
 *      partitions[]{partitionIndex:i32 8+, committedOffset:i64 8+, committedLeaderEpoch:i32 8+,
 *      metadata:str? 8+, errorCode:i16 8+} 8+} 8+, errorCode:i16 8+} 8+
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas OffsetFetchRequest.json and OffsetFetchResponse.json. */
export const offsetFetchRequest = message(
  { key: 9, versions: [0, 9], flexibleFrom: 6 },
  {
    groupId: string({ to: 7 }),
    topics: nullableArray(struct({ name: string(), partitionIndexes: array(int32()) }), { to: 7 }),
    groups: array(
      struct({
        groupId: string(),
        memberId: nullableString({ from: 9 }),
        memberEpoch: int32({ from: 9, default: -1 }),
        topics: nullableArray(struct({ name: string(), partitionIndexes: array(int32()) })),
      }),
      { from: 8 },
    ),
    requireStable: boolean({ from: 7 }),
  },
)

export const offsetFetchResponse = message(
  { key: 9, versions: [0, 9], flexibleFrom: 6 },
  {
    throttleTimeMs: int32({ from: 3, default: 0 }),
    topics: optionalArray(
      struct({
        name: string(),
        partitions: optionalArray(
          struct({
            partitionIndex: int32(),
            committedOffset: int64(),
            committedLeaderEpoch: int32({ from: 5, default: -1 }),
            metadata: nullableString({ default: null }),
            errorCode: int16(),
          }),
        ),
      }),
      { to: 7 },
    ),
    errorCode: int16({ from: 2, to: 7, default: 0 }),
    groups: optionalArray(
      struct({
        groupId: string(),
        topics: array(
          struct({
            name: string(),
            partitions: array(
              struct({
                partitionIndex: int32(),
                committedOffset: int64(),
                committedLeaderEpoch: int32({ default: -1 }),
                metadata: nullableString({ default: null }),
                errorCode: int16(),
              }),
            ),
          }),
        ),
        errorCode: int16(),
      }),
      { from: 8 },
    ),
  },
)
