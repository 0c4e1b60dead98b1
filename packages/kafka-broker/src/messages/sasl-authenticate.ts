import { bytes, int16, int64, message, nullableString } from '../core/codec.ts'

/* SaslAuthenticate (key 36, v0-2, flexible from v2)
 *   request:  authBytes:bytes
 *   response: errorCode:i16, errorMessage:str?, authBytes:bytes, sessionLifetimeMs:i64 1+
 * Source: Kafka message schemas SaslAuthenticateRequest.json and SaslAuthenticateResponse.json. */
export const saslAuthenticateRequest = message(
  { key: 36, versions: [0, 2], flexibleFrom: 2 },
  { authBytes: bytes() },
)

export const saslAuthenticateResponse = message(
  { key: 36, versions: [0, 2], flexibleFrom: 2 },
  {
    errorCode: int16(),
    errorMessage: nullableString({ default: null }),
    authBytes: bytes(),
    sessionLifetimeMs: int64({ from: 1, default: 0 }),
  },
)
