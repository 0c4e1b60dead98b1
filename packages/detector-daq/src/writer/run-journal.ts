import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { DaqError } from '../error.ts'
import type { ImageBatch, RunFileSpec } from './run-file.ts'

/* FILE.idx, beside a file that is being written (daq contract 8.4): where every image lies, for a machine that went down before the
 * index of the file was on the disk. It is removed when the file is finished.
 *   'BTDAQIDX'   U32 bytes of the text   text (JSON: how the file is made)   then per image U64 id, U64 place, U32 bytes, U32 status */

const magic = 'BTDAQIDX'
const rowBytes = 24
const largestText = 65_536

/** Where the bytes of an image are in the file. */
export interface StoredImage {
  readonly at: number
  readonly bytes: number
}

/** What is needed to make the file again. */
export type JournalSpec = Pick<
  RunFileSpec,
  'layout' | 'detector' | 'width' | 'height' | 'pixelType' | 'compression' | 'blockBytes'
>

export interface JournalRow extends StoredImage {
  readonly id: number
  readonly status: number
}

export interface RunJournal {
  note(batch: ImageBatch, places: readonly StoredImage[]): void
  remove(): void
}

export function journalPath(path: string): string {
  return `${path}.idx`
}

/** Begins the journal of a file. Where it cannot be written the file goes without. */
export function createRunJournal(spec: RunFileSpec): RunJournal {
  const path = journalPath(spec.path)
  const { layout, detector, width, height, pixelType, compression, blockBytes } = spec
  const kept: JournalSpec = { layout, detector, width, height, pixelType, compression, blockBytes }
  let fd: number | undefined
  const write = (bytes: Uint8Array): void => {
    if (fd === undefined) return
    try {
      writeSync(fd, bytes)
    } catch {
      // The disk is full: the file itself says so.
      closeSync(fd)
      fd = undefined
    }
  }
  try {
    fd = openSync(path, 'w', 0o664)
  } catch {
    // The file says why nothing can be made there.
  }
  const text = Buffer.from(JSON.stringify(kept))
  const head = Buffer.alloc(12)
  head.write(magic, 'latin1')
  head.writeUInt32LE(text.length, 8)
  write(Buffer.concat([head, text]))
  return {
    note(batch, places) {
      const rows = Buffer.alloc(places.length * rowBytes)
      for (const [index, place] of places.entries()) {
        const at = index * rowBytes
        rows.writeBigUInt64LE(BigInt(batch.ids[index] ?? 0), at)
        rows.writeBigUInt64LE(BigInt(place.at), at + 8)
        rows.writeUInt32LE(place.bytes, at + 16)
        rows.writeUInt32LE(batch.statuses[index] ?? 0, at + 20)
      }
      write(rows)
    },
    remove() {
      if (fd !== undefined) closeSync(fd)
      fd = undefined
      rmSync(path, { force: true })
    },
  }
}

const layouts = ['f1', 'f2', 'nexus']
const pixelTypes = ['u8', 'u16', 'u32', 'f32']

function isSpec(value: unknown): value is JournalSpec {
  if (typeof value !== 'object' || value === null) return false
  const table = value as Readonly<Record<string, unknown>>
  const isSize = (key: string): boolean => {
    const size = table[key]
    return typeof size === 'number' && Number.isInteger(size) && size > 0 && size <= 2 ** 31
  }
  return (
    layouts.includes(String(table['layout'])) &&
    pixelTypes.includes(String(table['pixelType'])) &&
    ['none', 'bslz4'].includes(String(table['compression'])) &&
    typeof table['detector'] === 'string' &&
    isSize('width') &&
    isSize('height') &&
    isSize('blockBytes')
  )
}

/** Reads a journal; a torn last row is left out. Throws DAQ_REQUEST_REFUSED when it is none. */
export function readRunJournal(path: string): {
  readonly spec: JournalSpec
  readonly rows: readonly JournalRow[]
} {
  let bytes: Buffer
  let spec: unknown
  let from = 12
  try {
    bytes = readFileSync(path)
    const length = bytes.readUInt32LE(8)
    if (bytes.toString('latin1', 0, 8) !== magic || length > largestText) throw new RangeError('no journal')
    spec = JSON.parse(bytes.toString('utf8', 12, 12 + length))
    from += length
    if (!isSpec(spec)) throw new RangeError('no journal')
  } catch (cause) {
    throw new DaqError({
      code: 'DAQ_REQUEST_REFUSED',
      message: `${path} is no journal of a file that was being written`,
      fault: 'caller',
      remedy: 'Name a file beside which its .idx lies.',
      cause,
    })
  }
  const rows: JournalRow[] = []
  for (let at = from; at + rowBytes <= bytes.length; at += rowBytes)
    rows.push({
      id: Number(bytes.readBigUInt64LE(at)),
      at: Number(bytes.readBigUInt64LE(at + 8)),
      bytes: bytes.readUInt32LE(at + 16),
      status: bytes.readUInt32LE(at + 20),
    })
  return { spec, rows }
}
