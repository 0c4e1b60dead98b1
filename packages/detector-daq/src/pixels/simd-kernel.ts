import { kernelBase64 } from './kernel.generated.ts'
import type { PixelKernel } from './pixel-kernel.ts'
import { referenceKernel } from './reference-kernel.ts'

/** Exports of assembly/pixels.ts; arguments in the order of the job's fields. */
interface KernelExports {
  copyRows(...job: number[]): void
  stepPixels(...job: number[]): void
  unpack12(...job: number[]): void
  unpack4(...job: number[]): void
  jungfrau(...job: number[]): void
  subtractDark(...job: number[]): void
  correctFlat(...job: number[]): void
  applyMask(...job: number[]): void
}

function compile(memory: WebAssembly.Memory): KernelExports | undefined {
  try {
    const module = new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'))
    // The generated module exports exactly these functions; a test compares each with the reference.
    return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports
  } catch {
    return undefined // no SIMD or no shared memory here: the reference does the same, slower
  }
}

/** The inner loops over `memory` (shared): SIMD where the machine has it, else the reference. */
export function pixelKernel(memory: WebAssembly.Memory): PixelKernel {
  const kernel = compile(memory)
  if (kernel === undefined) return referenceKernel(memory)
  return {
    kind: 'simd',
    copyRows: (j) => kernel.copyRows(j.source, j.target, j.rows, j.rowBytes, j.sourceStride, j.targetStride),
    stepPixels: (j) =>
      kernel.stepPixels(
        j.source,
        j.target,
        j.rows,
        j.columns,
        j.pixelBytes,
        j.sourceStride,
        j.rowStep,
        j.columnStep,
      ),
    unpack12: (j) => kernel.unpack12(j.source, j.target, j.pixels),
    unpack4: (j) => kernel.unpack4(j.source, j.target, j.pixels),
    jungfrau: (j) => kernel.jungfrau(j.source, j.target, j.pixels, j.table, j.first, j.error, j.saturated),
    subtractDark: (j) => kernel.subtractDark(j.target, j.dark, j.pixels, j.pixelBytes),
    correctFlat: (j) => kernel.correctFlat(j.source, j.target, j.pixels, j.pixelBytes, j.dark, j.flat),
    applyMask: (j) => kernel.applyMask(j.target, j.mask, j.bytes, j.pattern),
  }
}
