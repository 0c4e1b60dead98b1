import { array, boolean, int16, int32, int8, message, nullableString, string, struct } from '../core/codec.ts'

/* IncrementalAlterConfigs (key 44, v0-1, flexible from v1)
 *   request:  resources[]{resourceType:i8, resourceName:str, configs[]{name:str, configOperation:i8,
 *      value:str?}}, validateOnly:bool
 *   response: throttleTimeMs:i32, responses[]{errorCode:i16, errorMessage:str?, resourceType:i8,
 *      resourceName:str}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas IncrementalAlterConfigsRequest.json and IncrementalAlterConfigsResponse.json. */
export const incrementalAlterConfigsRequest = message(
  { key: 44, versions: [0, 1], flexibleFrom: 1 },
  {
    resources: array(
      struct({
        resourceType: int8(),
        resourceName: string(),
        configs: array(struct({ name: string(), configOperation: int8(), value: nullableString() })),
      }),
    ),
    validateOnly: boolean(),
  },
)

export const incrementalAlterConfigsResponse = message(
  { key: 44, versions: [0, 1], flexibleFrom: 1 },
  {
    throttleTimeMs: int32({ default: 0 }),
    responses: array(
      struct({
        errorCode: int16(),
        errorMessage: nullableString({ default: null }),
        resourceType: int8(),
        resourceName: string(),
      }),
    ),
  },
)
