import { ByteWriter } from '../core/byte-writer.ts'
import { isFlexible } from '../core/codec.ts'
import type { Api } from './api.ts'
import { apiVersions } from './api-versions.ts'

const sizeBytes = 4

/** A response as it goes over the wire: size, header, body. Record data are referenced, not copied. */
export function encodeResponse(
  api: Api,
  answer: { correlationId: number; version: number; response: unknown },
): readonly Uint8Array[] {
  const { correlationId, version, response } = answer
  const writer = new ByteWriter()
  writer.int32(0) // the size, known at the end
  writer.int32(correlationId)
  // The response of ApiVersions has no tagged fields in its header, so that any client can read it.
  if (isFlexible(api.response.shape, version) && api.key !== apiVersions.key) writer.uvarint(0)
  api.response.encode(writer, response, version)
  const chunks = writer.chunks()
  const [first] = chunks
  if (first !== undefined)
    new DataView(first.buffer, first.byteOffset, sizeBytes).setInt32(0, writer.size - sizeBytes)
  return chunks
}
