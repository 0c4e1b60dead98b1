import { closeSync, openSync, readSync } from 'node:fs'
import { createChunkDecompressor, type ChunkDecompressor } from '@beamtime/hdf5'
import { pixelBytes } from '../core/image-metadata.ts'
import { DaqError } from '../error.ts'
import { createRunFile } from './run-file.ts'
import { journalPath, readRunJournal, type JournalRow, type JournalSpec } from './run-journal.ts'

export interface RecoveredRun {
  readonly path: string
  readonly images: number
  /** Images of the journal whose bytes are damaged or were never on the disk. */
  readonly lost: number
}

/**
 * Makes a whole file out of one that was being written when its machine went down, with the journal beside it; the old file stays.
 * Throws DAQ_REQUEST_REFUSED without a journal, Hdf5Error when the new file cannot be made.
 */
export function recoverRun(path: string, target: string): RecoveredRun {
  const { spec, rows } = readRunJournal(journalPath(path))
  const fd = openBroken(path)
  try {
    const file = createRunFile({ ...spec, path: target, images: Math.max(1, rows.length) })
    const maxBytes = spec.width * spec.height * pixelBytes[spec.pixelType]
    const decompressor = createChunkDecompressor({ maxBytes })
    let lost = 0
    for (const row of rows) {
      const pixels = pixelsOf(fd, row, { ...spec, decompressor })
      if (pixels === undefined) lost += 1
      else file.write({ pixels, ids: [row.id], statuses: [row.status] })
    }
    file.finish()
    return { path: target, images: file.images, lost }
  } finally {
    closeSync(fd)
  }
}

function openBroken(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    throw new DaqError({
      code: 'DAQ_REQUEST_REFUSED',
      message: `${path} cannot be opened`,
      fault: 'caller',
      remedy: 'Name the file that was being written.',
      cause,
    })
  }
}

function pixelsOf(
  fd: number,
  row: JournalRow,
  spec: JournalSpec & { readonly decompressor: ChunkDecompressor },
): Uint8Array | undefined {
  const elementBytes = pixelBytes[spec.pixelType]
  const maxBytes = spec.width * spec.height * elementBytes
  if (row.bytes > maxBytes * 2 + 65_536 || !Number.isSafeInteger(row.at)) return undefined
  const bytes = Buffer.allocUnsafe(row.bytes)
  if (readSync(fd, bytes, 0, row.bytes, row.at) !== row.bytes) return undefined
  if (spec.compression === 'none') return row.bytes === maxBytes ? bytes : undefined
  try {
    const pixels = spec.decompressor.decompress(bytes, elementBytes)
    return pixels.length === maxBytes ? pixels : undefined
  } catch {
    return undefined // the chunk is damaged
  }
}
