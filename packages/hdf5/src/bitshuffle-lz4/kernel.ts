import { kernelBase64 } from './kernel.generated.ts'

/** What assembly/bitshuffle-lz4.ts exports; addresses and sizes in bytes of the memory. */
interface Kernel {
  compressChunk(
    source: number,
    bytes: number,
    elementBytes: number,
    target: number,
    scratch: number,
    table: number,
  ): number
  decompressChunk(
    source: number,
    bytes: number,
    elementBytes: number,
    target: number,
    total: number,
    scratch: number,
    blockBytes: number,
  ): number
}

function isKernel(exports: unknown): exports is Kernel {
  return (
    typeof exports === 'object' &&
    exports !== null &&
    'compressChunk' in exports &&
    'decompressChunk' in exports
  )
}

/** The SIMD kernel on a memory; undefined where there is no SIMD or no shared memory: the reference does the same, slower. */
export function compileKernel(memory: WebAssembly.Memory): Kernel | undefined {
  try {
    const module = new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'))
    const { exports } = new WebAssembly.Instance(module, { env: { memory } })
    return isKernel(exports) ? exports : undefined
  } catch {
    return undefined
  }
}
