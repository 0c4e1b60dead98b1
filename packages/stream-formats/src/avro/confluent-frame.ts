import { malformed } from '../error.ts'

/* Confluent wire format: magic u8 = 0, schema id u32 big-endian, then the binary datum without its schema.
 * Source: Confluent documentation, "Wire format". One public guide of alerts says little-endian; no client does that. */

const headerBytes = 5

/** Puts the five bytes before a datum. */
export function frameDatum(schemaId: number, datum: Uint8Array): Uint8Array {
  const framed = new Uint8Array(headerBytes + datum.length)
  new DataView(framed.buffer).setUint32(1, schemaId)
  framed.set(datum, headerBytes)
  return framed
}

/** True when the bytes begin as framed ones do; a plain datum may do so by chance. */
export function isFramed(bytes: Uint8Array): boolean {
  return bytes.length >= headerBytes && bytes[0] === 0
}

/** Splits a framed message; the datum is a view. Throws STREAM_MESSAGE_MALFORMED. */
export function unframeDatum(bytes: Uint8Array): { readonly schemaId: number; readonly datum: Uint8Array } {
  if (!isFramed(bytes)) throw malformed('the message does not begin with 0 and the id of a schema')
  const schemaId = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(1)
  return { schemaId, datum: bytes.subarray(headerBytes) }
}

/** The id under which Rubin registers an alert schema: major * 100 + minor (7.4 is 704). */
export function rubinSchemaId(version: { readonly major: number; readonly minor: number }): number {
  return version.major * 100 + version.minor
}
