import { createBulkFile, type BulkFile, type FramesWriter } from '@beamtime/hdf5'
import type { DetectorMetadata } from '../core/image-metadata.ts'

/* <prefix>Meta.h5: what is known of every image of a run, in one dataset (daq contract 8.2). */

export const metaRowType = {
  kind: 'compound',
  bytes: 40,
  members: [
    { name: 'image_id', type: 'u64', offset: 0 },
    { name: 'scan_id', type: 'u64', offset: 8 },
    { name: 'scan_time', type: 'u32', offset: 16 },
    { name: 'sync_time', type: 'u32', offset: 20 },
    { name: 'frame_timestamp', type: 'u64', offset: 24 },
    { name: 'exposure_time', type: 'u64', offset: 32 },
  ],
} as const

export const metaRowBytes = 40
const mostImages = 16_777_215
const rowsPerChunk = 4_096

/** The row of an image; detectors other than GIGAFROST have its id only. */
export function metaRow(id: number, detector: DetectorMetadata | undefined): Uint8Array {
  const bytes = new Uint8Array(metaRowBytes)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(id), true)
  if (detector?.kind !== 'gf') return bytes
  view.setBigUint64(8, BigInt(detector.scan_id), true)
  view.setUint32(16, detector.scan_time, true)
  view.setUint32(20, detector.sync_time, true)
  view.setBigUint64(24, BigInt(detector.frame_timestamp), true)
  view.setBigUint64(32, BigInt(detector.exposure_time), true)
  return bytes
}

/** Takes rows in the order of the images. */
export class MetaFile {
  readonly path: string
  private readonly file: BulkFile
  private readonly rows: FramesWriter

  /** Throws Hdf5Error. */
  constructor(path: string, detector: string) {
    this.path = path
    const metadata = {
      kind: 'frames',
      type: metaRowType,
      frameShape: [],
      frames: mostImages,
      layout: { framesPerChunk: rowsPerChunk },
    } as const
    this.file = createBulkFile(path, {
      kind: 'group',
      children: { [detector]: { kind: 'group', children: { metadata } } },
    })
    this.rows = this.file.frames(`/${detector}/metadata`)
  }

  /** Rows one after the other. Throws Hdf5Error. */
  append(rows: Uint8Array): void {
    this.rows.appendFrames(rows)
  }

  finish(): void {
    this.file.finish()
  }
}
