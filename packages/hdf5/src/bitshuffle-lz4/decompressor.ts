import { chunkHeaderBytes, chunkSizes, corruptChunk, decompressChunk } from './chunk.ts'
import { compileKernel } from './kernel.ts'

const pageBytes = 65_536
const mostPages = 65_536

/** Decompresses chunks of filter 32008. One thread at a time; make one per worker. */
export interface ChunkDecompressor {
  readonly kind: 'simd' | 'reference'
  /** The result is valid until the next call. Throws HDF5_CHUNK_CORRUPT. */
  decompress(chunk: Uint8Array, elementBytes: 1 | 2 | 4 | 8): Uint8Array
}

const alignment = 64
const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment

/** A decompressor for frames of at most `maxBytes` bytes; the SIMD kernel where the machine has it, else the reference. */
export function createChunkDecompressor(options: { readonly maxBytes: number }): ChunkDecompressor {
  const { maxBytes } = options
  const memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true })
  const kernel = compileKernel(memory)
  if (kernel === undefined)
    return {
      kind: 'reference',
      decompress: (chunk, elementBytes) => decompressChunk(chunk, { elementBytes, maxBytes }),
    }
  return {
    kind: 'simd',
    decompress: (chunk, elementBytes) => {
      const { bytes, blockBytes } = chunkSizes(chunk, { elementBytes, maxBytes })
      const scratch = pageBytes
      const source = scratch + 2 * aligned(Math.min(blockBytes, bytes))
      const target = source + aligned(chunk.length)
      const missing = Math.ceil((target + aligned(bytes)) / pageBytes) - memory.buffer.byteLength / pageBytes
      if (missing > 0) memory.grow(missing)
      new Uint8Array(memory.buffer).set(chunk, source)
      const isWhole =
        kernel.decompressChunk(source, chunk.length, elementBytes, target, bytes, scratch, blockBytes) !== 0
      if (!isWhole || chunk.length < chunkHeaderBytes) throw corruptChunk('is not what its header says')
      return new Uint8Array(memory.buffer, target, bytes)
    },
  }
}
