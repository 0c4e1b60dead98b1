import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createBulkFile, createHdf5Reader, type Hdf5Reader, type Values } from '@beamtime/hdf5'
import { DaqError } from '../error.ts'

/* A mask as an HDF5 file that h5py opens and that pixel_mask_file of a detector takes: /pixel_mask, a byte a pixel, not zero = masked.
 * Its attributes say whose it is. */

export interface MaskImage {
  readonly width: number
  readonly height: number
  /** Row by row, 0 or 1. */
  readonly bytes: Uint8Array
}

export interface StoredMask extends MaskImage {
  readonly name: string
  /** `pixel_mask_file` of the time at which it was applied. */
  readonly base: string
}

/** 64 Mpx: an image that is larger is no detector of ours. */
const mostMaskPixels = 67_108_864

export function countMasked(bytes: Uint8Array): number {
  let count = 0
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] !== 0) count += 1
  return count
}

/** Writes the file so that readers and a crash see the old one or the new one. Rejects with DAQ_WRITER_FAILED. */
export async function writeMaskFile(path: string, mask: StoredMask): Promise<void> {
  const folder = dirname(path)
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(folder, { recursive: true })
    const file = createBulkFile(temporary, {
      kind: 'group',
      attributes: { name: mask.name, pixel_mask_file: mask.base },
      children: {
        pixel_mask: { kind: 'frames', type: 'u8', frameShape: [mask.width], frames: mask.height },
      },
    })
    file.frames('/pixel_mask').writeFrames(0, mask.bytes)
    file.finish()
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw new DaqError({
      code: 'DAQ_WRITER_FAILED',
      message: `The mask cannot be kept: ${cause instanceof Error ? cause.message : String(cause)}`,
      fault: 'environment',
      remedy: 'Check the data directory: rights and free space.',
      cause,
    })
  }
  const directory = await open(folder, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Reads masks of any kind of numbers; its thread starts with the first one. */
export class MaskReader {
  #reader: Hdf5Reader | undefined

  /** Rejects with DAQ_CALIBRATION_UNREADABLE. */
  async read(path: string, name: string): Promise<StoredMask> {
    this.#reader ??= createHdf5Reader({ maxBytes: mostMaskPixels * 8, maxOpenFiles: 1 })
    try {
      return await maskIn(this.#reader, path, name)
    } catch (cause) {
      if (cause instanceof DaqError) throw cause
      throw unreadable(`${path} is no readable HDF5 file with /pixel_mask`, cause)
    }
  }

  async close(): Promise<void> {
    await this.#reader?.close()
    this.#reader = undefined
  }
}

async function maskIn(reader: Hdf5Reader, path: string, name: string): Promise<StoredMask> {
  const values = await reader.read(path, '/pixel_mask')
  const [height = 0, width = 0] = values.kind === 'numbers' ? values.shape : []
  if (values.kind !== 'numbers' || values.shape.length !== 2 || width * height === 0)
    throw unreadable(`/pixel_mask of ${path} is no image`)
  const { data } = values
  const bytes = new Uint8Array(data.length)
  for (let at = 0; at < data.length; at += 1) bytes[at] = Number(data[at]) === 0 ? 0 : 1
  const attributes = await reader.attributes(path, '/')
  return {
    width,
    height,
    bytes,
    name: textOf(attributes['name']) ?? name,
    base: textOf(attributes['pixel_mask_file']) ?? '',
  }
}

function textOf(values: Values | undefined): string | undefined {
  const [text] = values?.kind === 'values' ? values.data : []
  return typeof text === 'string' ? text : undefined
}

function unreadable(message: string, cause?: unknown): DaqError {
  return new DaqError({
    code: 'DAQ_CALIBRATION_UNREADABLE',
    message,
    fault: 'caller',
    remedy: 'Take a file with /pixel_mask as an image of numbers, or delete this mask.',
    cause,
  })
}
