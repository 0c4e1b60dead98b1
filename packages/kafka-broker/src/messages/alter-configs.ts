import { array, boolean, int16, int32, int8, message, nullableString, string, struct } from '../core/codec.ts'

/* AlterConfigs (key 33, v0-2, flexible from v2)
 *   request:  resources[]{resourceType:i8, resourceName:str, configs[]{name:str, value:str?}},
 *      validateOnly:bool
 *   response: throttleTimeMs:i32, responses[]{errorCode:i16, errorMessage:str?, resourceType:i8,
 *      resourceName:str}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas AlterConfigsRequest.json and AlterConfigsResponse.json. */
export const alterConfigsRequest = message(
  { key: 33, versions: [0, 2], flexibleFrom: 2 },
  {
    resources: array(
      struct({
        resourceType: int8(),
        resourceName: string(),
        configs: array(struct({ name: string(), value: nullableString() })),
      }),
    ),
    validateOnly: boolean(),
  },
)

export const alterConfigsResponse = message(
  { key: 33, versions: [0, 2], flexibleFrom: 2 },
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
