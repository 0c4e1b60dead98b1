import { kernelBase64 } from './kernel.generated.ts'

/** The exports of the WebAssembly kernels; addresses are bytes of their memory. */
export interface Kernels {
  countTimes(toa: number, n: number, bins: number, cells: number, shift: number, counts: number): number
  countTimesByScale(
    toa: number,
    n: number,
    first: number,
    last: number,
    offset: number,
    scale: number,
    binCount: number,
    partial: number,
    apart: number,
  ): void
  cellsByTable(
    toa: number,
    pixel: number,
    n: number,
    places: number,
    bins: number,
    binCount: number,
    cells: number,
    shift: number,
    out: number,
  ): number
  cellsByScale(
    toa: number,
    pixel: number,
    n: number,
    places: number,
    first: number,
    last: number,
    offset: number,
    scale: number,
    binCount: number,
    out: number,
  ): number
  countCells(cells: number, n: number, cube: number, carries: number): void
  sortCells(
    cells: number,
    n: number,
    waiting: number,
    blocks: number,
    cube: number,
    carries: number,
    room: number,
  ): number
  countBlock(block: number, n: number, blocks: number, cube: number, carries: number, carried: number): number
  foldWindow(
    window: number,
    cumulative: number,
    image: number,
    places: number,
    binCount: number,
    first: number,
    end: number,
  ): void
}

const pageBytes = 65_536
const alignBytes = 64
let compiled: WebAssembly.Module | null = null

/** One block of memory that arrays are laid out in, with the kernels that work on it. */
export interface KernelMemory {
  readonly kernels: Kernels
  readonly buffer: ArrayBuffer
  /** Byte addresses, in the order of the sizes asked for. */
  readonly addresses: readonly number[]
}

/** Lays out arrays of these sizes. At most 4 GiB together; null when there is no such memory to be had. */
export function kernelMemory(sizesBytes: readonly number[]): KernelMemory | null {
  const addresses: number[] = []
  let total = alignBytes
  for (const size of sizesBytes) {
    addresses.push(total)
    total += Math.ceil(size / alignBytes) * alignBytes
  }
  const pages = Math.ceil(total / pageBytes)
  if (pages > 65_536) return null
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    compiled ??= new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'))
    const instance = new WebAssembly.Instance(compiled, { env: { memory, abort: () => undefined } })
    return {
      kernels: instance.exports as unknown as Kernels,
      buffer: memory.buffer,
      addresses,
    }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
