import {
  array,
  bytes,
  int16,
  int32,
  int8,
  message,
  nullableArray,
  nullableString,
  string,
  struct,
} from '../core/codec.ts'

/* DescribeUserScramCredentials (key 50, v0, flexible)
 *   request:  users[]{name:str}?
 *   response: throttleTimeMs:i32, errorCode:i16, errorMessage:str?, results[]{user:str, errorCode:i16, errorMessage:str?,
 *      credentialInfos[]{mechanism:i8, iterations:i32}}
 * AlterUserScramCredentials (key 51, v0, flexible)
 *   request:  deletions[]{name:str, mechanism:i8}, upsertions[]{name:str, mechanism:i8, iterations:i32, salt:bytes, saltedPassword:bytes}
 *   response: throttleTimeMs:i32, results[]{user:str, errorCode:i16, errorMessage:str?}
 * Source: Kafka message schemas of the same names. */
const describe = { key: 50, versions: [0, 0], flexibleFrom: 0 } as const
const alter = { key: 51, versions: [0, 0], flexibleFrom: 0 } as const

export const describeUserScramRequest = message(describe, {
  users: nullableArray(struct({ name: string() })),
})

export const describeUserScramResponse = message(describe, {
  throttleTimeMs: int32({ default: 0 }),
  errorCode: int16({ default: 0 }),
  errorMessage: nullableString({ default: null }),
  results: array(
    struct({
      user: string(),
      errorCode: int16({ default: 0 }),
      errorMessage: nullableString({ default: null }),
      credentialInfos: array(struct({ mechanism: int8(), iterations: int32() })),
    }),
  ),
})

export const alterUserScramRequest = message(alter, {
  deletions: array(struct({ name: string(), mechanism: int8() })),
  upsertions: array(
    struct({
      name: string(),
      mechanism: int8(),
      iterations: int32(),
      salt: bytes(),
      saltedPassword: bytes(),
    }),
  ),
})

export const alterUserScramResponse = message(alter, {
  throttleTimeMs: int32({ default: 0 }),
  results: array(
    struct({ user: string(), errorCode: int16(), errorMessage: nullableString({ default: null }) }),
  ),
})
