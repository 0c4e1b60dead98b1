import { Hdf5Error } from '../error.ts'
import { bitTranspose, bitUntranspose } from './bit-transpose.ts'
import { lz4Bound, lz4Compress, lz4Decompress } from './lz4-block.ts'

/* Chunk of filter 32008: uncompressed bytes U64 BE  block bytes U32 BE  { compressed size U32 BE  LZ4 of the bit-transposed block }...
 *   elements that do not fill a multiple of 8, as they are
 * Source: bitshuffle 0.4, bshuf_compress_lz4 */
export const chunkHeaderBytes = 12

/** Elements in a full block: 8 KiB worth, a multiple of 8, at least 128. */
export function blockElements(elementBytes: number): number {
  return Math.max(128, Math.floor(8192 / elementBytes / 8) * 8)
}

/** Largest size of the chunk that `bytes` bytes give. */
export function chunkBound(bytes: number, elementBytes: number): number {
  const blockBytes = blockElements(elementBytes) * elementBytes
  const blocks = Math.ceil(bytes / blockBytes)
  return chunkHeaderBytes + blocks * (4 + lz4Bound(blockBytes))
}

/** The reference compressor. `data` holds whole elements of `elementBytes` bytes; the result is a chunk for filter 32008. */
export function compressChunkReference(data: Uint8Array, elementBytes: number): Uint8Array {
  const out = new Uint8Array(chunkBound(data.length, elementBytes))
  const view = new DataView(out.buffer)
  const blockBytes = blockElements(elementBytes) * elementBytes
  view.setBigUint64(0, BigInt(data.length))
  view.setUint32(8, blockBytes)
  const scratch = new Uint8Array(blockBytes)
  const table = new Uint16Array(4096)
  const wholeBytes = Math.floor(data.length / (elementBytes * 8)) * elementBytes * 8
  let at = chunkHeaderBytes
  for (let from = 0; from < wholeBytes; from += blockBytes) {
    const block = data.subarray(from, Math.min(from + blockBytes, wholeBytes))
    const shuffled = scratch.subarray(0, block.length)
    bitTranspose(block, shuffled, elementBytes)
    const size = lz4Compress(shuffled, out.subarray(at + 4), table)
    view.setUint32(at, size)
    at += 4 + size
  }
  out.set(data.subarray(wholeBytes), at)
  return out.slice(0, at + data.length - wholeBytes)
}

export interface DecompressOptions {
  readonly elementBytes: number
  readonly maxBytes: number
}

/** What the header of a chunk says, checked. Throws HDF5_CHUNK_CORRUPT. */
export function chunkSizes(
  chunk: Uint8Array,
  { elementBytes, maxBytes }: DecompressOptions,
): { readonly bytes: number; readonly blockBytes: number } {
  if (chunk.length < chunkHeaderBytes) throw corruptChunk('shorter than its header')
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
  const total = view.getBigUint64(0)
  if (total > BigInt(maxBytes)) throw corruptChunk(`says ${total} bytes, at most ${maxBytes} are expected`)
  const bytes = Number(total)
  const written = view.getUint32(8)
  const blockBytes = written === 0 ? blockElements(elementBytes) * elementBytes : written
  if (bytes % elementBytes !== 0 || blockBytes % (elementBytes * 8) !== 0)
    throw corruptChunk('its sizes are not whole elements')
  return { bytes, blockBytes }
}

/** The reference decompressor. `maxBytes` bounds what is allocated. Throws HDF5_CHUNK_CORRUPT. */
export function decompressChunk(chunk: Uint8Array, options: DecompressOptions): Uint8Array {
  const { elementBytes } = options
  const { bytes, blockBytes } = chunkSizes(chunk, options)
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
  const out = new Uint8Array(bytes)
  const wholeBytes = Math.floor(bytes / (elementBytes * 8)) * elementBytes * 8
  const scratch = new Uint8Array(Math.min(blockBytes, wholeBytes))
  let at = chunkHeaderBytes
  for (let from = 0; from < wholeBytes; from += blockBytes) {
    const target = out.subarray(from, Math.min(from + blockBytes, wholeBytes))
    if (at + 4 > chunk.length) throw corruptChunk('a block is missing')
    const size = view.getUint32(at)
    at += 4
    if (size > chunk.length - at) throw corruptChunk('a block is cut')
    const shuffled = scratch.subarray(0, target.length)
    if (!lz4Decompress(chunk.subarray(at, at + size), shuffled)) throw corruptChunk('a block is not LZ4')
    bitUntranspose(shuffled, target, elementBytes)
    at += size
  }
  if (chunk.length - at !== bytes - wholeBytes) throw corruptChunk('its end does not fit its size')
  out.set(chunk.subarray(at), wholeBytes)
  return out
}

export function corruptChunk(why: string): Hdf5Error {
  return new Hdf5Error({
    code: 'HDF5_CHUNK_CORRUPT',
    message: `a bitshuffle-LZ4 chunk ${why}`,
    fault: 'peer',
    remedy: 'The file or stream is damaged, or the element size is not the one it was written with.',
  })
}
