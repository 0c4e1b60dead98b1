import { ProtobufWriter, readProtobuf, type ProtobufValue } from './protobuf.ts'

/* ImageMetadata (proto3, package std_daq_protocol; daq contract 2.5)
 *   1 image_id U64   2 height U64   3 width U64   4 size U64   5 dtype enum   6 status enum   7 compression enum
 *   one of 8 gf, 9 jf, 10 eg, 11 pco */

export type PixelType = 'u8' | 'u16' | 'u32' | 'u64' | 'i8' | 'i16' | 'i32' | 'i64' | 'f16' | 'f32' | 'f64'

/** Numbers of the pixel types on the wire. */
export const pixelTypeNumbers = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  i8: 11,
  i16: 12,
  i32: 14,
  i64: 18,
  f16: 22,
  f32: 24,
  f64: 28,
} as const satisfies Record<PixelType, number>

/** Bytes of one pixel. */
export const pixelBytes = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  f16: 2,
  f32: 4,
  f64: 8,
} as const satisfies Record<PixelType, number>

export type ImageStatus = 'good_image' | 'missing_packets' | 'id_missmatch'

/** Status numbers of the two generations of clients. */
export const statusNumbers = {
  g3: { good_image: 1, missing_packets: 2, id_missmatch: 3 },
  g2: { good_image: 0, missing_packets: 1, id_missmatch: 2 },
} as const satisfies Record<string, Record<ImageStatus, number>>

export type StatusEnum = keyof typeof statusNumbers

export const compressionNumbers = { none: 0, h5bitshuffle_lz4: 1, blosc2: 2 } as const
export type Compression = keyof typeof compressionNumbers

export type DetectorMetadata =
  | {
      readonly kind: 'gf'
      readonly scan_id: number
      readonly scan_time: number
      readonly sync_time: number
      readonly frame_timestamp: number
      readonly exposure_time: number
      readonly store_image: boolean
    }
  | { readonly kind: 'jf'; readonly daq_rec: number }
  | { readonly kind: 'eg'; readonly exptime: number }
  | {
      readonly kind: 'pco'
      readonly global_timestamp_sec: number
      readonly global_timestamp_ns: number
      readonly bsread_name: string
    }

export interface ImageMetadata {
  readonly image_id: number
  readonly height: number
  readonly width: number
  /** Bytes in the slot. */
  readonly size: number
  readonly dtype: PixelType
  readonly status: ImageStatus
  readonly compression: Compression
  readonly detector?: DetectorMetadata
}

const detectorFields = { gf: 8, jf: 9, eg: 10, pco: 11 } as const

function encodeDetector(detector: DetectorMetadata): Uint8Array {
  const out = new ProtobufWriter()
  switch (detector.kind) {
    case 'gf':
      out.uint(1, detector.scan_id).uint(2, detector.scan_time).uint(3, detector.sync_time)
      out.uint(4, detector.frame_timestamp).uint(5, detector.exposure_time)
      out.uint(6, detector.store_image ? 1 : 0)
      break
    case 'jf':
      out.uint(1, detector.daq_rec)
      break
    case 'eg':
      out.uint(1, detector.exptime)
      break
    case 'pco':
      out.uint(1, detector.global_timestamp_sec).uint(2, detector.global_timestamp_ns)
      out.text(3, detector.bsread_name)
      break
  }
  return out.done()
}

/** The message on every metadata stream; always shorter than 512 bytes. */
export function encodeImageMetadata(metadata: ImageMetadata, statusEnum: StatusEnum = 'g3'): Uint8Array {
  const out = new ProtobufWriter()
    .uint(1, metadata.image_id)
    .uint(2, metadata.height)
    .uint(3, metadata.width)
    .uint(4, metadata.size)
    .uint(5, pixelTypeNumbers[metadata.dtype])
    .uint(6, statusNumbers[statusEnum][metadata.status])
    .uint(7, compressionNumbers[metadata.compression])
  const { detector } = metadata
  if (detector !== undefined) out.sub(detectorFields[detector.kind], encodeDetector(detector))
  return out.done()
}

function nameOf<T extends string>(numbers: Readonly<Record<T, number>>, value: number): T | undefined {
  for (const name in numbers) if (numbers[name] === value) return name
  return undefined
}

function numberAt(fields: ReadonlyMap<number, ProtobufValue>, field: number): number {
  const value = fields.get(field)
  return typeof value === 'number' ? value : 0
}

function decodeDetector(fields: ReadonlyMap<number, ProtobufValue>): DetectorMetadata | undefined {
  for (const kind of ['gf', 'jf', 'eg', 'pco'] as const) {
    const bytes = fields.get(detectorFields[kind])
    if (!(bytes instanceof Uint8Array)) continue
    const inner = readProtobuf(bytes)
    if (inner === undefined) continue
    const at = (field: number): number => numberAt(inner, field)
    switch (kind) {
      case 'gf':
        return {
          kind,
          scan_id: at(1),
          scan_time: at(2),
          sync_time: at(3),
          frame_timestamp: at(4),
          exposure_time: at(5),
          store_image: at(6) === 1,
        }
      case 'jf':
        return { kind, daq_rec: at(1) }
      case 'eg':
        return { kind, exptime: at(1) }
      case 'pco': {
        const name = inner.get(3)
        return {
          kind,
          global_timestamp_sec: at(1),
          global_timestamp_ns: at(2),
          bsread_name: name instanceof Uint8Array ? new TextDecoder().decode(name) : '',
        }
      }
    }
  }
  return undefined
}

/** Reads a metadata message; undefined when it is none. Unknown fields are skipped. */
export function decodeImageMetadata(
  bytes: Uint8Array,
  statusEnum: StatusEnum = 'g3',
): ImageMetadata | undefined {
  const fields = readProtobuf(bytes)
  if (fields === undefined) return undefined
  const dtype = nameOf(pixelTypeNumbers, numberAt(fields, 5))
  const status = nameOf(statusNumbers[statusEnum], numberAt(fields, 6))
  const compression = nameOf(compressionNumbers, numberAt(fields, 7))
  if (dtype === undefined || status === undefined || compression === undefined) return undefined
  const detector = decodeDetector(fields)
  return {
    image_id: numberAt(fields, 1),
    height: numberAt(fields, 2),
    width: numberAt(fields, 3),
    size: numberAt(fields, 4),
    dtype,
    status,
    compression,
    ...(detector === undefined ? {} : { detector }),
  }
}
