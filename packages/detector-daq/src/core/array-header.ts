import type { ImageMetadata, PixelType } from './image-metadata.ts'

const typeNames = {
  u8: 'uint8',
  u16: 'uint16',
  u32: 'uint32',
  u64: 'uint64',
  i8: 'int8',
  i16: 'int16',
  i32: 'int32',
  i64: 'int64',
  f16: 'float16',
  f32: 'float32',
  f64: 'float64',
} as const satisfies Record<PixelType, string>

/** Name of a pixel type as numpy and array-1.0 know it. */
export function pixelTypeName(type: PixelType): string {
  return typeNames[type]
}

/**
 * First part of an array-1.0 message. The spaces are part of the contract: peers compare bytes.
 * `timestampNs` appends the extra keys that viewers may use.
 */
export function arrayHeader(metadata: ImageMetadata, extra?: { readonly timestampNs: bigint }): string {
  const { height, width, dtype, image_id, status } = metadata
  const more = extra === undefined ? '' : `,"status":"${status}","timestamp_ns":${extra.timestampNs}`
  return `{"htype":"array-1.0", "shape":[${height},${width}], "type":"${typeNames[dtype]}", "frame":${image_id}${more}}`
}
