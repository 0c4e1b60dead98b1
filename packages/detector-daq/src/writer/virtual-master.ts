import { createBulkFile, type Node, type VirtualMapping } from '@beamtime/hdf5'
import { DaqError } from '../error.ts'
import { metaRowType } from './meta-file.ts'
import type { RunFileSpec } from './run-file.ts'

export interface VirtualPart {
  /** Relative to the virtual file. */
  readonly file: string
  readonly images: number
}

const metadataType = {
  kind: 'compound',
  bytes: 16,
  members: [
    { name: 'image_id', type: 'u64', offset: 0 },
    { name: 'status', type: 'u64', offset: 8 },
  ],
} as const

/** Image k of part i is image i + k * parts of the whole. Throws DAQ_REQUEST_REFUSED when the counts are no such round. */
function interleaved(
  dataset: string,
  shape: readonly number[],
  parts: readonly VirtualPart[],
): VirtualMapping[] {
  const ones = shape.map(() => 1)
  const zeros = shape.map(() => 0)
  return parts.flatMap(({ file, images }, part) =>
    images === 0
      ? []
      : [
          {
            file,
            dataset,
            source: {
              start: [0, ...zeros],
              stride: [1, ...ones],
              count: [1, ...ones],
              block: [images, ...shape],
            },
            target: {
              start: [part, ...zeros],
              stride: [parts.length, ...ones],
              count: [images, ...ones],
              block: [1, ...shape],
            },
          },
        ],
  )
}

/** Whether the parts hold the images of one run in turn: each as many as the next one, or one more. */
function isRound(parts: readonly VirtualPart[]): boolean {
  const total = parts.reduce((sum, part) => sum + part.images, 0)
  return parts.every((part, index) => part.images === Math.ceil((total - index) / parts.length))
}

/**
 * Writes a file whose datasets are the parts' images in the order in which they were taken. Throws DAQ_REQUEST_REFUSED when the
 * parts do not fit together, Hdf5Error when the disk refuses.
 */
export function writeVirtualMaster(options: {
  readonly path: string
  readonly spec: Pick<RunFileSpec, 'layout' | 'detector' | 'width' | 'height' | 'pixelType'>
  readonly parts: readonly VirtualPart[]
  /** The file of what is known of every image. */
  readonly meta?: VirtualPart
}): void {
  const { spec, parts, meta } = options
  if (!isRound(parts))
    throw new DaqError({
      code: 'DAQ_REQUEST_REFUSED',
      message: `the files hold ${parts.map((part) => `${part.file}: ${part.images}`).join(', ')} images, which is no round`,
      fault: 'caller',
      remedy: 'Give all files of one run and no others.',
    })
  if (spec.pixelType === 'f16') throw new RangeError('f16 pixels cannot be stored')
  const total = parts.reduce((sum, part) => sum + part.images, 0)
  const group = `/${spec.detector}`
  const column = (name: string): Node => ({
    kind: 'virtual',
    type: 'u64',
    shape: [total],
    mappings: interleaved(`${group}/${name}`, [], parts),
  })
  const metadata: Record<string, Node> =
    spec.layout === 'f1'
      ? { image_id: column('image_id'), status: column('status') }
      : {
          metadata: {
            kind: 'virtual',
            type: metadataType,
            shape: [total],
            mappings: interleaved(`${group}/metadata`, [], parts),
          },
        }
  const data: Node = {
    kind: 'virtual',
    type: spec.pixelType,
    shape: [total, spec.height, spec.width],
    mappings: interleaved(`${group}/data`, [spec.height, spec.width], parts),
  }
  const known: Record<string, Node> =
    meta === undefined
      ? {}
      : {
          gf_metadata: {
            kind: 'virtual',
            type: metaRowType,
            shape: [meta.images],
            mappings: interleaved(`${group}/metadata`, [], [meta]),
          },
        }
  const file = createBulkFile(options.path, {
    kind: 'group',
    children: { [spec.detector]: { kind: 'group', children: { ...metadata, ...known, data } } },
  })
  file.finish()
}
