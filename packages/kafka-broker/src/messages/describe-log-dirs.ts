import { array, boolean, int16, int32, int64, message, nullableArray, string, struct } from '../core/codec.ts'

/* DescribeLogDirs (key 35, v0-4, flexible from v2)
 *   request:  topics[]{topic:str, partitions:i32[]}?
 *   response: throttleTimeMs:i32, errorCode:i16 3+, results[]{errorCode:i16, logDir:str,
 *      topics[]{name:str, partitions[]{partitionIndex:i32, partitionSize:i64, offsetLag:i64,
 *      isFutureKey:bool}}, totalBytes:i64 4+, usableBytes:i64 4+}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas DescribeLogDirsRequest.json and DescribeLogDirsResponse.json. */
export const describeLogDirsRequest = message(
  { key: 35, versions: [0, 4], flexibleFrom: 2 },
  {
    topics: nullableArray(struct({ topic: string(), partitions: array(int32()) })),
  },
)

export const describeLogDirsResponse = message(
  { key: 35, versions: [0, 4], flexibleFrom: 2 },
  {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16({ from: 3, default: 0 }),
    results: array(
      struct({
        errorCode: int16(),
        logDir: string(),
        topics: array(
          struct({
            name: string(),
            partitions: array(
              struct({
                partitionIndex: int32(),
                partitionSize: int64(),
                offsetLag: int64(),
                isFutureKey: boolean(),
              }),
            ),
          }),
        ),
        totalBytes: int64({ from: 4, default: 0 }),
        usableBytes: int64({ from: 4, default: 0 }),
      }),
    ),
  },
)
