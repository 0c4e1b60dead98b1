import { decodeImageMetadata, encodeImageMetadata, type ImageMetadata } from './image-metadata.ts'
import { ProtobufWriter, readProtobuf } from './protobuf.ts'

/* Messages of the replay buffer (proto3; daq contract 2.5 and 15)
 *   BufferedMetadata: 1 metadata ImageMetadata   2 offset U64
 *   RequestNextImage: 1 image_id U64   2 new_request BOOL
 *   NextImageResponse: one of 1 no_image {}, 2 ack { 1 image_id U64 } */

export interface BufferedMetadata {
  /** `size` is the compressed size. */
  readonly metadata: ImageMetadata
  /** In the file of the image. */
  readonly offset: number
}

export function encodeBufferedMetadata(entry: BufferedMetadata): Uint8Array {
  return new ProtobufWriter().sub(1, encodeImageMetadata(entry.metadata)).uint(2, entry.offset).done()
}

/** Undefined when the bytes are no such message. */
export function decodeBufferedMetadata(bytes: Uint8Array): BufferedMetadata | undefined {
  const fields = readProtobuf(bytes)
  const inner = fields?.get(1)
  const offset = fields?.get(2) ?? 0
  const metadata = inner instanceof Uint8Array ? decodeImageMetadata(inner) : undefined
  return metadata === undefined || typeof offset !== 'number' ? undefined : { metadata, offset }
}

export interface NextImageRequest {
  readonly imageId: number
  readonly isNew: boolean
}

export function encodeNextImageRequest({ imageId, isNew }: NextImageRequest): Uint8Array {
  return new ProtobufWriter()
    .uint(1, imageId)
    .uint(2, isNew ? 1 : 0)
    .done()
}

export function decodeNextImageRequest(bytes: Uint8Array): NextImageRequest | undefined {
  const fields = readProtobuf(bytes)
  const imageId = fields?.get(1) ?? 0
  const isNew = fields?.get(2) ?? 0
  if (fields === undefined || typeof imageId !== 'number' || typeof isNew !== 'number') return undefined
  return { imageId, isNew: isNew !== 0 }
}

/** The id of the image that was published; undefined = there is none. */
export function encodeNextImageResponse(imageId: number | undefined): Uint8Array {
  if (imageId === undefined) return new ProtobufWriter().sub(1, new Uint8Array()).done()
  return new ProtobufWriter().sub(2, new ProtobufWriter().uint(1, imageId).done()).done()
}

export function decodeNextImageResponse(
  bytes: Uint8Array,
): { readonly imageId: number | undefined } | undefined {
  const fields = readProtobuf(bytes)
  const ack = fields?.get(2)
  if (ack instanceof Uint8Array) {
    const imageId = readProtobuf(ack)?.get(1) ?? 0
    return typeof imageId === 'number' ? { imageId } : undefined
  }
  return fields?.has(1) === true ? { imageId: undefined } : undefined
}
