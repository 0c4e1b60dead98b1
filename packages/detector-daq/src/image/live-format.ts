import { createHash } from 'node:crypto'
import { createChunkCompressor } from '@beamtime/hdf5'
import { arrayHeader, pixelTypeName } from '../core/array-header.ts'
import { pixelBytes, pixelTypeNumbers, type ImageMetadata } from '../core/image-metadata.ts'
import type { LiveFormat } from '../core/live-selection.ts'

/* Forms in which viewers take images (daq contract 6). */

type Part = Uint8Array | string

export interface LiveImage {
  readonly metadata: ImageMetadata
  readonly pixels: Uint8Array
  /** When it was published. */
  readonly atMs: number
}

/** What a form needs to know beyond the image. */
export interface LiveContext {
  readonly detector: string
  readonly extraHeader: boolean
  readonly pedestalFile: string
  readonly gainFile: string
}

/** Makes the parts of a message. `skip` makes the one that stands for an image that is left out, where the form has one. */
export interface LiveEncoder {
  message(image: LiveImage): Part[]
  skip?(metadata: ImageMetadata): Part[]
}

function daqRecord({ detector }: ImageMetadata): number {
  return detector?.kind === 'jf' ? detector.daq_rec : 0
}

function streamvisHeader(
  { metadata, isDummy }: { readonly metadata: ImageMetadata; readonly isDummy: boolean },
  context: LiveContext,
): string {
  return JSON.stringify({
    frame: metadata.image_id,
    is_good_frame: metadata.status === 'good_image' ? 1 : 0,
    daq_rec: daqRecord(metadata),
    pulse_id: metadata.image_id,
    pedestal_file: context.pedestalFile,
    gain_file: context.gainFile,
    detector_name: context.detector,
    htype: 'array-1.0',
    type: isDummy ? 'uint16' : pixelTypeName(metadata.dtype),
    shape: isDummy ? [2, 2] : [metadata.height, metadata.width],
  })
}

const binaryStatus = { good_image: 0, missing_packets: 1, id_missmatch: 2 } as const

/** ImageMetadata of 2022-23, packed: id U64, height U64, width U64, dtype U16, status U16, source U16 (daq contract 2.3). */
function binaryHeader(metadata: ImageMetadata): Uint8Array {
  const bytes = new Uint8Array(30)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(metadata.image_id), true)
  view.setBigUint64(8, BigInt(metadata.height), true)
  view.setBigUint64(16, BigInt(metadata.width), true)
  view.setUint16(24, pixelTypeNumbers[metadata.dtype], true)
  view.setUint16(26, binaryStatus[metadata.status], true)
  return bytes
}

function odinHeader({ metadata, pixels }: LiveImage): string {
  return JSON.stringify({
    frame_num: metadata.image_id,
    acquisition_id: '',
    dtype: pixelTypeName(metadata.dtype).replace('float32', 'float'),
    dsize: pixels.length,
    dataset: 'data',
    compression: 'none',
    tags: [],
    // Texts: the peer's parser wants them so.
    shape: [String(metadata.height), String(metadata.width)],
  })
}

function slsReceiverHeader({ metadata, pixels, atMs }: LiveImage, context: LiveContext): string {
  const id = metadata.image_id
  return JSON.stringify({
    jsonversion: 4,
    bitmode: pixelBytes[metadata.dtype] * 8,
    fileIndex: 0,
    detshape: [1, 1],
    shape: [metadata.width, metadata.height],
    size: pixels.length,
    acqIndex: id,
    frameIndex: id,
    progress: 0,
    fname: context.detector,
    data: 1,
    completeImage: metadata.status === 'good_image' ? 1 : 0,
    frameNumber: id,
    expLength: 0,
    packetNumber: 0,
    detSpec1: id,
    timestamp: Math.round(atMs * 10_000),
    modId: 0,
    row: 0,
    column: 0,
    detSpec2: 0,
    detSpec3: daqRecord(metadata),
    detSpec4: 0,
    detType: metadata.detector?.kind === 'eg' ? 1 : metadata.detector?.kind === 'jf' ? 3 : 0,
    version: 2,
    flipRows: 0,
    quad: 0,
    addJsonHeader: {},
  })
}

function bsreadEncoder(context: LiveContext): LiveEncoder {
  let compressor: ReturnType<typeof createChunkCompressor> | undefined
  return {
    message: ({ metadata, pixels, atMs }) => {
      compressor ??= createChunkCompressor({ maxBytes: pixels.length })
      const data = JSON.stringify({
        htype: 'bsr_d-1.1',
        channels: [
          {
            name: context.detector,
            shape: [metadata.width, metadata.height],
            type: pixelTypeName(metadata.dtype),
            compression: 'bitshuffle_lz4',
          },
        ],
      })
      const main = JSON.stringify({
        htype: 'bsr_m-1.1',
        pulse_id: metadata.image_id,
        global_timestamp: { sec: Math.floor(atMs / 1_000), ns: Math.floor((atMs % 1_000) * 1e6) },
        hash: createHash('md5').update(data).digest('hex'),
      })
      const packed = compressor.compress(pixels, bytesOf(metadata))
      return [main, data, packed.slice(), new Uint8Array(0)]
    },
  }
}

function bytesOf(metadata: ImageMetadata): 1 | 2 | 4 | 8 {
  return pixelBytes[metadata.dtype]
}

/** The encoder of a form; one a stream. */
export function liveEncoder(format: LiveFormat, context: LiveContext): LiveEncoder {
  switch (format) {
    case 'array-1.0':
      return {
        message: ({ metadata, pixels, atMs }) => {
          const extra = context.extraHeader
            ? { timestampNs: BigInt(Math.round(atMs * 1000)) * 1000n }
            : undefined
          return [arrayHeader(metadata, extra), pixels]
        },
      }
    case 'bsread':
      return bsreadEncoder(context)
    case 'binary':
      return { message: ({ metadata, pixels }) => [binaryHeader(metadata), pixels] }
    case 'streamvis':
      return {
        message: ({ metadata, pixels }) => [streamvisHeader({ metadata, isDummy: false }, context), pixels],
        skip: (metadata) => [streamvisHeader({ metadata, isDummy: true }, context), new Uint8Array(8)],
      }
    case 'odin':
      return { message: (image) => [odinHeader(image), image.pixels] }
    case 'slsreceiver':
      return { message: (image) => [slsReceiverHeader(image, context), image.pixels] }
  }
}
