import { chunkBound, compressChunkReference } from './chunk.ts'
import { compileKernel } from './kernel.ts'

const pageBytes = 65_536
const tableBytes = 8_192
const scratchBytes = 8_192

/** Compresses chunks for filter 32008. One thread at a time; make one per worker. */
export interface ChunkCompressor {
  readonly kind: 'simd' | 'reference'
  /**
   * Compresses whole elements of 1, 2, 4 or 8 bytes. The result is valid until the next call. Data that lies in the
   * compressor's own memory is read in place.
   */
  compress(data: Uint8Array, elementBytes: 1 | 2 | 4 | 8): Uint8Array
}

/** Memory that frames are put into so that they are compressed without a copy. */
export interface CompressorMemory {
  readonly memory: WebAssembly.Memory
  /** From here the compressor may use `workBytes(frameBytes)` bytes of the memory. */
  readonly workAddress: number
}

/** Bytes of working memory that a compressor needs for frames of `frameBytes` bytes. */
export function workBytes(frameBytes: number): number {
  return scratchBytes + tableBytes + chunkBound(frameBytes, 1) + frameBytes + 64
}

/** A compressor for frames of at most `maxBytes` bytes; the SIMD kernel where the machine has it, else the reference. */
export function createChunkCompressor(options: {
  readonly maxBytes: number
  readonly within?: CompressorMemory
}): ChunkCompressor {
  const pages = Math.ceil(workBytes(options.maxBytes) / pageBytes)
  const memory =
    options.within?.memory ?? new WebAssembly.Memory({ initial: pages, maximum: 65_536, shared: true })
  const kernel = compileKernel(memory)
  if (kernel === undefined)
    return {
      kind: 'reference',
      compress: (data, elementBytes) => compressChunkReference(data, elementBytes).slice(),
    }
  const scratch = Math.ceil((options.within?.workAddress ?? 0) / 16) * 16
  const table = scratch + scratchBytes
  const input = table + tableBytes
  const output = input + Math.ceil(options.maxBytes / 16) * 16
  return {
    kind: 'simd',
    compress: (data, elementBytes) => {
      if (data.length > options.maxBytes)
        throw new RangeError(`this compressor takes at most ${options.maxBytes} bytes, not ${data.length}`)
      let source = data.byteOffset
      if (data.buffer !== memory.buffer) {
        new Uint8Array(memory.buffer).set(data, input)
        source = input
      }
      const size = kernel.compressChunk(source, data.length, elementBytes, output, scratch, table)
      return new Uint8Array(memory.buffer, output, size)
    },
  }
}
