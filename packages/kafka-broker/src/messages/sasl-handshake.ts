import { array, int16, message, string } from '../core/codec.ts'

/* SaslHandshake (key 17, v0-1, not flexible)
 *   request:  mechanism:str
 *   response: errorCode:i16, mechanisms:str[]
 * Source: Kafka message schemas SaslHandshakeRequest.json and SaslHandshakeResponse.json. */
export const saslHandshakeRequest = message({ key: 17, versions: [0, 1] }, { mechanism: string() })

export const saslHandshakeResponse = message(
  { key: 17, versions: [0, 1] },
  { errorCode: int16(), mechanisms: array(string()) },
)
