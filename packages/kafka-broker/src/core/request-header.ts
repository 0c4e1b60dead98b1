import type { ByteReader } from './byte-reader.ts'
import { ProtocolError } from './protocol-error.ts'

/* RequestHeader
 *   apiKey i16, apiVersion i16, correlationId i32, clientId nullable string (v1), tagged fields (v2, flexible requests only)
 *   clientId keeps its i16 length in every version.
 * ResponseHeader: correlationId i32 (v0), tagged fields (v1); ApiVersions has v0 in every version.
 * Source: Kafka message schemas RequestHeader.json and ResponseHeader.json. */

export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string
}

/** Reads the header up to the client id; the reader then stands at the tagged fields or the body. */
export function readRequestHeader(reader: ByteReader): RequestHeader {
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const correlationId = reader.int32()
  const length = reader.int16()
  if (length < -1) throw new ProtocolError(`a client id of ${length} bytes`)
  return { apiKey, apiVersion, correlationId, clientId: length < 0 ? '' : reader.utf8(length) }
}

export function skipTaggedFields(reader: ByteReader): void {
  for (let count = reader.uvarint(); count > 0; count--) {
    reader.uvarint()
    reader.skip(reader.uvarint())
  }
}
