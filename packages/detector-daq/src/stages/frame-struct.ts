import { gigafrostMeta } from '../core/gigafrost-packet.ts'
import type { MetadataKind } from '../core/detector-model.ts'
import { metaWords } from '../core/packet.ts'
import { slsMeta } from '../core/sls-packet.ts'

/* What stages tell each other of a frame: 64 bytes, packed, little endian (daq contract 2.3).
 *   0 image_id U64   8 n_missing_packets U64   16 module_id U16
 *   JUNGFRAU   18 id U64 (0)  26 frame_index U64  34 daq_rec U64  42 module_id U64
 *   EIGER      18 bit_depth U16  20 pos_y U16  22 pos_x U16
 *   GIGAFROST  18 swapped U8  19 link U8  20 correction U8  21 quadrant U8  22 rpf U8 (0)  23 do_not_store U8  24 scan_id U32
 *              28 size_x U32  32 size_y U32  36 scan_time U32  40 sync_time U32  44 frame_timestamp U64  52 exposure_time U64 */
export const frameStructBytes = 64

export interface FrameMessage {
  readonly imageId: number
  readonly missingPackets: number
  readonly module: number
  /** Words as the packets of the detector have them. */
  readonly meta: Float64Array
}

export interface FrameStructOptions {
  readonly kind: MetadataKind
  readonly bitDepth: number
  readonly columns: number
  readonly rows: number
  readonly doNotStoreBit: number
}

const idBytes = 8

export function encodeFrameStruct(frame: FrameMessage, options: FrameStructOptions): Buffer {
  const out = Buffer.alloc(frameStructBytes)
  out.writeBigUInt64LE(BigInt(frame.imageId), 0)
  out.writeBigUInt64LE(BigInt(frame.missingPackets), 8)
  out.writeUInt16LE(frame.module, 16)
  const word = (at: number): number => frame.meta[at] ?? 0
  switch (options.kind) {
    case 'jf':
      out.writeBigUInt64LE(BigInt(word(slsMeta.frameNumber)), 26)
      out.writeBigUInt64LE(BigInt(word(slsMeta.daqInfo)), 34)
      out.writeBigUInt64LE(BigInt(frame.module), 42)
      break
    case 'eg':
      out.writeUInt16LE(options.bitDepth, 18)
      // The peer's names: pos_x is the row and pos_y the column.
      out.writeUInt16LE(word(slsMeta.column), 20)
      out.writeUInt16LE(word(slsMeta.row), 22)
      break
    case 'gf': {
      const status = word(gigafrostMeta.status)
      out.writeUInt8(word(gigafrostMeta.swap), 18)
      out.writeUInt8((status >> 5) & 1, 19)
      out.writeUInt8((status >> 2) & 7, 20)
      out.writeUInt8((status >> 6) & 3, 21)
      out.writeUInt8((word(gigafrostMeta.imageStatus) >> options.doNotStoreBit) & 1, 23)
      out.writeUInt32LE(word(gigafrostMeta.scanId), 24)
      out.writeUInt32LE(options.columns, 28)
      out.writeUInt32LE(options.rows, 32)
      out.writeUInt32LE(word(gigafrostMeta.scanTime), 36)
      out.writeUInt32LE(word(gigafrostMeta.syncTime), 40)
      out.writeBigUInt64LE(BigInt(word(gigafrostMeta.timestamp)), 44)
      out.writeBigUInt64LE(BigInt(word(gigafrostMeta.exposure)), 52)
      break
    }
    case 'none':
      break
  }
  return out
}

/** Reads a struct; one that is cut short has zeros at its end, shorter than an id it is none. */
export function decodeFrameStruct(bytes: Uint8Array, options: FrameStructOptions): FrameMessage | undefined {
  if (bytes.length < idBytes) return undefined
  const whole = Buffer.alloc(frameStructBytes)
  whole.set(bytes.subarray(0, frameStructBytes))
  const imageId = Number(whole.readBigUInt64LE(0))
  const missingPackets = Number(whole.readBigUInt64LE(8))
  if (!Number.isSafeInteger(imageId)) return undefined
  const meta = new Float64Array(metaWords)
  switch (options.kind) {
    case 'jf':
      meta[slsMeta.frameNumber] = Number(whole.readBigUInt64LE(26))
      meta[slsMeta.daqInfo] = Number(whole.readBigUInt64LE(34) & 0xffff_ffffn)
      break
    case 'eg':
      meta[slsMeta.column] = whole.readUInt16LE(20)
      meta[slsMeta.row] = whole.readUInt16LE(22)
      break
    case 'gf':
      meta[gigafrostMeta.swap] = whole.readUInt8(18)
      meta[gigafrostMeta.imageStatus] = whole.readUInt8(23) << options.doNotStoreBit
      meta[gigafrostMeta.scanId] = whole.readUInt32LE(24)
      meta[gigafrostMeta.scanTime] = whole.readUInt32LE(36)
      meta[gigafrostMeta.syncTime] = whole.readUInt32LE(40)
      meta[gigafrostMeta.timestamp] = Number(whole.readBigUInt64LE(44))
      meta[gigafrostMeta.exposure] = Number(whole.readBigUInt64LE(52))
      break
    case 'none':
      break
  }
  return {
    imageId,
    missingPackets: Number.isSafeInteger(missingPackets) ? missingPackets : 0,
    module: whole.readUInt16LE(16),
    meta,
  }
}
