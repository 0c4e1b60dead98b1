import {
  array,
  boolean,
  int16,
  int32,
  int8,
  message,
  nullableArray,
  nullableString,
  optionalArray,
  string,
  struct,
} from '../core/codec.ts'

/* DescribeConfigs (key 32, v0-4, flexible from v4)
 *   request:  resources[]{resourceType:i8, resourceName:str, configurationKeys:str[]?},
 *      includeSynonyms:bool 1+, includeDocumentation:bool 3+
 *   response: throttleTimeMs:i32, results[]{errorCode:i16, errorMessage:str?, resourceType:i8,
 *      resourceName:str, configs[]{name:str, value:str?, readOnly:bool, isDefault:bool 0, configSource:i8
 *      1+, isSensitive:bool, synonyms[]{name:str 1+, value:str? 1+, source:i8 1+} 1+, configType:i8 3+,
 *      documentation:str? 3+}}
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas DescribeConfigsRequest.json and DescribeConfigsResponse.json. */
export const describeConfigsRequest = message(
  { key: 32, versions: [0, 4], flexibleFrom: 4 },
  {
    resources: array(
      struct({ resourceType: int8(), resourceName: string(), configurationKeys: nullableArray(string()) }),
    ),
    includeSynonyms: boolean({ from: 1 }),
    includeDocumentation: boolean({ from: 3 }),
  },
)

export const describeConfigsResponse = message(
  { key: 32, versions: [0, 4], flexibleFrom: 4 },
  {
    throttleTimeMs: int32({ default: 0 }),
    results: array(
      struct({
        errorCode: int16(),
        errorMessage: nullableString({ default: null }),
        resourceType: int8(),
        resourceName: string(),
        configs: array(
          struct({
            name: string(),
            value: nullableString({ default: null }),
            readOnly: boolean(),
            isDefault: boolean({ to: 0, default: false }),
            configSource: int8({ from: 1, default: 0 }),
            isSensitive: boolean(),
            synonyms: optionalArray(
              struct({ name: string(), value: nullableString({ default: null }), source: int8() }),
              { from: 1 },
            ),
            configType: int8({ from: 3, default: 0 }),
            documentation: nullableString({ from: 3, default: null }),
          }),
        ),
      }),
    ),
  },
)
