/* The columns of a run of events in one blob:
 *   u32 LE   bytes of the header
 *   header   JSON {"n": rows, "columns": [{"name", "kind", "codec", "at", "size"}]}, `at` from the end of the header
 *   columns  float64: f64 LE a row | int64: i64 LE a row | str, msgpack: u32 LE end a row, then the bytes
 *            each column by itself raw or zstd, so that one column is read without the others
 * The first two columns are seq_num (int64) and time (float64); then the data keys, then ts_<key>. */

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { decodeMsgpack, encodeMsgpack } from '@beamtime/event-model'
import { StoreError } from './error.ts'

type ColumnKind = 'float64' | 'int64' | 'str' | 'msgpack'
export type ColumnValues = Float64Array | readonly unknown[]

export interface ChunkColumn {
  readonly name: string
  /** One value a row; undefined where the row has none. */
  readonly values: readonly unknown[]
  /** Numbers are floats even when all of them are integral. */
  readonly float: boolean
}

interface ColumnHeader {
  readonly name: string
  readonly kind: ColumnKind
  readonly codec: 'raw' | 'zstd'
  readonly at: number
  readonly size: number
}

/** Columns below this many bytes do not pay for compression. */
const compressFromBytes = 128

export function encodeChunk(n: number, columns: readonly ChunkColumn[]): Buffer {
  const headers: ColumnHeader[] = []
  const parts: Buffer[] = []
  let at = 0
  for (const column of columns) {
    const kind = kindOf(column)
    const raw = encodeColumn(kind, column.values)
    const packed = raw.length < compressFromBytes ? raw : zstdCompressSync(raw)
    const bytes = packed.length < raw.length ? packed : raw
    headers.push({ name: column.name, kind, codec: bytes === raw ? 'raw' : 'zstd', at, size: bytes.length })
    parts.push(bytes)
    at += bytes.length
  }
  const header = Buffer.from(JSON.stringify({ n, columns: headers }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  return Buffer.concat([length, header, ...parts])
}

export interface Chunk {
  readonly n: number
  readonly names: readonly string[]
  /** Numbers as Float64Array (int64 beyond 2^53 as list of bigint), others as list; null without such a column. */
  column(name: string): ColumnValues | null
}

/** Reads the header; columns are decoded when asked for. Throws STORE_MALFORMED. */
export function openChunk(blob: Uint8Array): Chunk {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)
  const headerBytes = bytes.length >= 4 ? bytes.readUInt32LE(0) : 0
  const base = 4 + headerBytes
  if (headerBytes === 0 || base > bytes.length) throw malformed('the header is cut off')
  const header = JSON.parse(bytes.toString('utf8', 4, base)) as { n: number; columns: ColumnHeader[] }
  const byName = new Map(header.columns.map((column) => [column.name, column]))
  return {
    n: header.n,
    names: header.columns.map((column) => column.name),
    column(name) {
      const found = byName.get(name)
      if (!found) return null
      const stored = bytes.subarray(base + found.at, base + found.at + found.size)
      if (stored.length !== found.size) throw malformed(`the column '${name}' is cut off`)
      return decodeColumn(found.kind, found.codec === 'zstd' ? zstdDecompressSync(stored) : stored, header.n)
    },
  }
}

function kindOf(column: ChunkColumn): ColumnKind {
  let integers = !column.float
  let kind: 'number' | 'text' | null = null
  for (const value of column.values) {
    if (typeof value === 'number') {
      if (kind === 'text') return 'msgpack'
      kind = 'number'
      if (integers && (!Number.isSafeInteger(value) || Object.is(value, -0))) integers = false
    } else if (typeof value === 'string') {
      if (kind === 'number') return 'msgpack'
      kind = 'text'
    } else return 'msgpack'
  }
  return kind === 'text' ? 'str' : kind === null ? 'msgpack' : integers ? 'int64' : 'float64'
}

function encodeColumn(kind: ColumnKind, values: readonly unknown[]): Buffer {
  if (kind === 'float64') return Buffer.from(Float64Array.from(values as readonly number[]).buffer)
  if (kind === 'int64') return Buffer.from(BigInt64Array.from(values as readonly number[], BigInt).buffer)
  const parts = values.map((value) =>
    kind === 'str'
      ? Buffer.from(String(value))
      : value === undefined
        ? Buffer.alloc(0)
        : encodeMsgpack(value),
  )
  const ends = Buffer.alloc(values.length * 4)
  let end = 0
  for (const [i, part] of parts.entries()) {
    end += part.length
    ends.writeUInt32LE(end, i * 4)
  }
  return Buffer.concat([ends, ...parts])
}

function decodeColumn(kind: ColumnKind, bytes: Buffer, n: number): ColumnValues {
  if (kind === 'float64' || kind === 'int64') {
    if (bytes.length !== n * 8) throw malformed('a column of numbers has the wrong length')
    const aligned = new Uint8Array(bytes).buffer
    return kind === 'float64'
      ? new Float64Array(aligned)
      : Float64Array.from(new BigInt64Array(aligned), Number)
  }
  const values: unknown[] = []
  let start = n * 4
  for (let i = 0; i < n; i++) {
    const end = n * 4 + bytes.readUInt32LE(i * 4)
    if (kind === 'str') values.push(bytes.toString('utf8', start, end))
    else values.push(end === start ? undefined : decodeMsgpack(bytes.subarray(start, end)))
    start = end
  }
  return values
}

function malformed(message: string): StoreError {
  return new StoreError({
    code: 'STORE_MALFORMED',
    message: `an event chunk is damaged: ${message}`,
    fault: 'environment',
    remedy: 'Restore the catalog from a backup, or import the run again from the bus.',
  })
}
