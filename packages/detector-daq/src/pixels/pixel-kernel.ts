/** Rows somewhere in the memory; addresses and strides in bytes. The jobs are reused: the hot path allocates nothing. */
export interface RowsJob {
  source: number
  target: number
  rows: number
  rowBytes: number
  sourceStride: number
  targetStride: number
}

/** Pixels that go to a target with a step in both directions (bytes). */
export interface StepJob {
  source: number
  target: number
  rows: number
  columns: number
  pixelBytes: 1 | 2 | 4
  sourceStride: number
  rowStep: number
  columnStep: number
}

/** A run of packed pixels. */
export interface UnpackJob {
  source: number
  target: number
  pixels: number
}

export interface JungfrauJob {
  source: number
  target: number
  /** A multiple of 8. */
  pixels: number
  /** Where 8 addresses (u32) lie: pedestal planes of the gain codes 0 to 3, then gain planes. */
  table: number
  /** First pixel in the planes. */
  first: number
  /** What pixels that are no measurement become. */
  error: number
  saturated: number
}

export interface DarkJob {
  target: number
  dark: number
  pixels: number
  pixelBytes: 1 | 2 | 4
}

export interface FlatJob {
  source: number
  target: number
  pixels: number
  /** 0: the source is float32. */
  pixelBytes: 0 | 1 | 2 | 4
  dark: number
  flat: number
}

export interface MaskJob {
  target: number
  mask: number
  bytes: number
  /** 16 bytes that hold the masked pixel, repeated. */
  pattern: number
}

/** The inner loops over the shared memory, in SIMD or as reference; results are equal byte for byte (test/pixels). */
export interface PixelKernel {
  readonly kind: 'simd' | 'reference'
  copyRows(job: RowsJob): void
  stepPixels(job: StepJob): void
  unpack12(job: UnpackJob): void
  unpack4(job: UnpackJob): void
  jungfrau(job: JungfrauJob): void
  subtractDark(job: DarkJob): void
  correctFlat(job: FlatJob): void
  applyMask(job: MaskJob): void
}
