import {
  createBulkFile,
  createChunkCompressor,
  type BulkFile,
  type FilledChunk,
  type FramesNode,
  type FramesWriter,
  type GroupNode,
  type Node,
} from '@beamtime/hdf5'
import { pixelBytes, pixelTypeNumbers, type PixelType } from '../core/image-metadata.ts'
import { createRunJournal, type StoredImage } from './run-journal.ts'

export type FileLayout = 'f1' | 'f2' | 'nexus'

/** A file that a run writes. */
export interface RunFileSpec {
  readonly path: string
  readonly layout: FileLayout
  readonly detector: string
  readonly width: number
  readonly height: number
  readonly pixelType: PixelType
  /** Images that are expected; undefined = until it is stopped. */
  readonly images: number | undefined
  readonly compression: 'none' | 'bslz4'
  /** Bytes of one chunk of several images (F2). */
  readonly blockBytes: number
  /** Not zero = masked, as many as the image has pixels; stored in the file. */
  readonly pixelMask?: Uint8Array
}

/** Images of one write: their pixels one after the other. */
export interface ImageBatch {
  readonly pixels: Uint8Array
  readonly ids: readonly number[]
  readonly statuses: readonly number[]
}

export interface RunFile {
  readonly path: string
  readonly images: number
  /** Pixels go past the page cache, which costs no time of the processor, or into it, which takes a burst that the disk cannot. */
  setDirect(isDirect: boolean): void
  write(batch: ImageBatch): void
  /** Gives up all but the first `images`. */
  forget(images: number): void
  /** Cuts to what was written, makes it durable and closes. */
  finish(): void
}

/** Status numbers in files: the layout decides, not what the streams say (daq contract 8.2a). */
export const fileStatus = {
  f1: { good_image: 0, missing_packets: 1, id_missmatch: 2 },
  f2: { good_image: 1, missing_packets: 2, id_missmatch: 3 },
  nexus: { good_image: 1, missing_packets: 2, id_missmatch: 3 },
} as const

const mostImages = 16_777_215
/** A contiguous dataset beyond this is refused by common file systems. */
const largestContiguous = 2 ** 42
const metadataChunk = 4_096

type Hdf5Type = Extract<FramesNode['type'], string>

function hdf5Type(type: PixelType): Hdf5Type {
  if (type === 'f16')
    throw new RangeError(`pixels of type ${type} (${pixelTypeNumbers[type]}) cannot be stored`)
  return type
}

const metadataType = {
  kind: 'compound',
  bytes: 16,
  members: [
    { name: 'image_id', type: 'u64', offset: 0 },
    { name: 'status', type: 'u64', offset: 8 },
  ],
} as const

function dataLayout(spec: RunFileSpec): FramesNode['layout'] {
  const imageBytes = spec.width * spec.height * pixelBytes[spec.pixelType]
  if (spec.compression === 'bslz4') return { framesPerChunk: 1, filter: 'bslz4' }
  if (spec.layout === 'f1' && spec.images !== undefined && spec.images * imageBytes <= largestContiguous)
    return 'contiguous'
  return { framesPerChunk: Math.max(1, Math.floor(spec.blockBytes / imageBytes)) }
}

function detectorChildren(spec: RunFileSpec): Record<string, Node> {
  const frames = Math.min(spec.images ?? mostImages, mostImages)
  const layout = dataLayout(spec)
  const isKnown = layout === 'contiguous'
  const column = isKnown ? ('contiguous' as const) : { framesPerChunk: metadataChunk }
  const u64 = { kind: 'frames', type: 'u64', frameShape: [], frames, layout: column } as const
  // Small datasets first: what is cut from the end of the file is the pixels.
  const metadata: Record<string, Node> =
    spec.layout === 'f1'
      ? { image_id: u64, status: u64 }
      : { metadata: { kind: 'frames', type: metadataType, frameShape: [], frames, layout: column } }
  const mask: Record<string, Node> =
    spec.pixelMask === undefined
      ? {}
      : {
          pixel_mask: {
            kind: 'frames',
            type: 'u8',
            frameShape: [spec.width],
            frames: spec.height,
          },
        }
  const data: FramesNode = {
    kind: 'frames',
    type: hdf5Type(spec.pixelType),
    frameShape: [spec.height, spec.width],
    frames,
    ...(layout === undefined ? {} : { layout }),
    ...(spec.layout === 'nexus' ? { attributes: { signal: 1n } } : {}),
  }
  return { ...metadata, ...mask, data }
}

function tree(spec: RunFileSpec): GroupNode {
  const children = detectorChildren(spec)
  if (spec.layout !== 'nexus')
    return { kind: 'group', children: { [spec.detector]: { kind: 'group', children } } }
  const link = (target: string): Node => ({ kind: 'hard-link', target })
  return {
    kind: 'group',
    attributes: { NX_class: 'NXroot', default: 'entry' },
    children: {
      [spec.detector]: { kind: 'group', attributes: { NX_class: 'NXdetector' }, children },
      entry: {
        kind: 'group',
        attributes: { NX_class: 'NXentry', default: 'data' },
        children: {
          data: {
            kind: 'group',
            attributes: { NX_class: 'NXdata', signal: 'data' },
            children: { data: link(`/${spec.detector}/data`) },
          },
          instrument: {
            kind: 'group',
            attributes: { NX_class: 'NXinstrument' },
            children: { [spec.detector]: link(`/${spec.detector}`) },
          },
        },
      },
    },
  }
}

/** Creates the file of a run, complete before the first image. Throws Hdf5Error. */
export function createRunFile(
  spec: RunFileSpec,
  workspace?: { memory: WebAssembly.Memory; workAddress: number },
): RunFile {
  const file = createBulkFile(spec.path, tree(spec), { direct: true })
  const imageBytes = spec.width * spec.height * pixelBytes[spec.pixelType]
  const group = `/${spec.detector}`
  const data = file.frames(`${group}/data`)
  if (spec.pixelMask !== undefined) file.frames(`${group}/pixel_mask`).writeFrames(0, spec.pixelMask)
  const metadata = metadataWriter(file, group, spec)
  const writePixels = pixelWriter({ data, spec, imageBytes, workspace })
  const journal = createRunJournal(spec)
  let images = 0
  return {
    path: spec.path,
    get images() {
      return images
    },
    setDirect(isDirect) {
      file.isDirect = isDirect
    },
    write(batch) {
      const places = writePixels(images, batch.pixels)
      metadata.write(images, batch)
      journal.note(batch, places)
      images += batch.ids.length
    },
    forget(count) {
      images = Math.min(images, count)
      data.forget(images)
      metadata.forget(images)
    },
    finish() {
      file.finish()
      journal.remove()
    },
  }
}

function pixelWriter(parts: {
  readonly data: FramesWriter
  readonly spec: RunFileSpec
  readonly imageBytes: number
  readonly workspace: { readonly memory: WebAssembly.Memory; readonly workAddress: number } | undefined
}): (first: number, pixels: Uint8Array) => readonly StoredImage[] {
  const { data, spec, imageBytes, workspace } = parts
  if (spec.compression === 'none') {
    const { places } = data
    if (places === undefined)
      return (_first, pixels) => data.appendFrames(pixels).map((at) => ({ at, bytes: imageBytes }))
    return (first, pixels) => {
      data.writeFrames(first, pixels)
      return Array.from({ length: pixels.length / imageBytes }, (_, index) => ({
        at: places.dataAddress + (first + index) * imageBytes,
        bytes: imageBytes,
      }))
    }
  }
  const compressor = createChunkCompressor({
    maxBytes: imageBytes,
    ...(workspace === undefined ? {} : { within: workspace }),
  })
  const bytes = pixelBytes[spec.pixelType]
  return (_first, pixels) => {
    const sizes: number[] = []
    const chunks = function* (): Generator<FilledChunk> {
      for (let at = 0; at < pixels.length; at += imageBytes) {
        const chunk = compressor.compress(pixels.subarray(at, at + imageBytes), bytes)
        sizes.push(chunk.length)
        yield { bytes: chunk, frames: 1 }
      }
    }
    return data.appendChunks(chunks()).map((at, index) => ({ at, bytes: sizes[index] ?? 0 }))
  }
}

interface MetadataWriter {
  write(first: number, batch: ImageBatch): void
  forget(images: number): void
}

function metadataWriter(file: BulkFile, group: string, spec: RunFileSpec): MetadataWriter {
  const put = (writer: FramesWriter, first: number): ((values: BigUint64Array) => void) => {
    return (values) => {
      const bytes = new Uint8Array(values.buffer)
      if (writer.places === undefined) writer.appendFrames(bytes)
      else writer.writeFrames(first, bytes)
    }
  }
  if (spec.layout === 'f1') {
    const ids = file.frames(`${group}/image_id`)
    const statuses = file.frames(`${group}/status`)
    return {
      write(first, batch) {
        put(ids, first)(BigUint64Array.from(batch.ids, BigInt))
        put(statuses, first)(BigUint64Array.from(batch.statuses, BigInt))
      },
      forget(images) {
        ids.forget(images)
        statuses.forget(images)
      },
    }
  }
  const rows = file.frames(`${group}/metadata`)
  return {
    write(first, batch) {
      const values = new BigUint64Array(batch.ids.length * 2)
      for (const [at, id] of batch.ids.entries()) {
        values[at * 2] = BigInt(id)
        values[at * 2 + 1] = BigInt(batch.statuses[at] ?? 0)
      }
      put(rows, first)(values)
    },
    forget: (images) => rows.forget(images),
  }
}
