import {
  array,
  int16,
  int32,
  int8,
  message,
  nullableString,
  optionalArray,
  string,
  struct,
} from '../core/codec.ts'

/* FindCoordinator (key 10, v0-6, flexible from v3)
 *   request:  key:str 0-3, keyType:i8 1+, coordinatorKeys:str[] 4+
 *   response: throttleTimeMs:i32 1+, errorCode:i16 0-3, errorMessage:str? 1-3, nodeId:i32 0-3, host:str
 *      0-3, port:i32 0-3, coordinators[]{key:str 4+, nodeId:i32 4+, host:str 4+, port:i32 4+,
 *      errorCode:i16 4+, errorMessage:str? 4+} 4+
 * `N+`, `A-B`, `N`: versions with the field; `?` nullable; `@tagN` tagged field.
 * Source: Kafka message schemas FindCoordinatorRequest.json and FindCoordinatorResponse.json. */
export const findCoordinatorRequest = message(
  { key: 10, versions: [0, 6], flexibleFrom: 3 },
  {
    key: string({ to: 3 }),
    keyType: int8({ from: 1 }),
    coordinatorKeys: array(string(), { from: 4 }),
  },
)

export const findCoordinatorResponse = message(
  { key: 10, versions: [0, 6], flexibleFrom: 3 },
  {
    throttleTimeMs: int32({ from: 1, default: 0 }),
    errorCode: int16({ to: 3, default: 0 }),
    errorMessage: nullableString({ from: 1, to: 3, default: null }),
    nodeId: int32({ to: 3, default: 0 }),
    host: string({ to: 3, default: '' }),
    port: int32({ to: 3, default: 0 }),
    coordinators: optionalArray(
      struct({
        key: string(),
        nodeId: int32(),
        host: string(),
        port: int32(),
        errorCode: int16(),
        errorMessage: nullableString({ default: null }),
      }),
      { from: 4 },
    ),
  },
)
