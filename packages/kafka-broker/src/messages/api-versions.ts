import { array, boolean, int16, int32, int64, message, optionalArray, string, struct } from '../core/codec.ts'

/* ApiVersions (key 18, v0-4, flexible from v3)
 *   request:  clientSoftwareName:str 3+, clientSoftwareVersion:str 3+
 *   response: errorCode:i16, apiKeys[]{apiKey:i16, minVersion:i16, maxVersion:i16}, throttleTimeMs:i32
 *      1+, supportedFeatures[]{name:str 3+, minVersion:i16 3+, maxVersion:i16 3+} @tag0(3+),
 *      finalizedFeaturesEpoch:i64 @tag1(3+), finalizedFeatures[]{name:str 3+, maxVersionLevel:i16 3+,
 *      minVersionLevel:i16 3+} @tag2(3+), zkMigrationReady:bool @tag3(3+)
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas ApiVersionsRequest.json and ApiVersionsResponse.json. */
export const apiVersionsRequest = message(
  { key: 18, versions: [0, 4], flexibleFrom: 3 },
  {
    clientSoftwareName: string({ from: 3 }),
    clientSoftwareVersion: string({ from: 3 }),
  },
)

export const apiVersionsResponse = message(
  { key: 18, versions: [0, 4], flexibleFrom: 3 },
  {
    errorCode: int16(),
    apiKeys: array(struct({ apiKey: int16(), minVersion: int16(), maxVersion: int16() })),
    throttleTimeMs: int32({ from: 1, default: 0 }),
    supportedFeatures: optionalArray(
      struct({
        name: string({ from: 3, default: '' }),
        minVersion: int16({ from: 3, default: 0 }),
        maxVersion: int16({ from: 3, default: 0 }),
      }),
      { tag: 0 },
    ),
    finalizedFeaturesEpoch: int64({ tag: 1 }),
    finalizedFeatures: optionalArray(
      struct({
        name: string({ from: 3, default: '' }),
        maxVersionLevel: int16({ from: 3, default: 0 }),
        minVersionLevel: int16({ from: 3, default: 0 }),
      }),
      { tag: 2 },
    ),
    zkMigrationReady: boolean({ tag: 3 }),
  },
)
