import type { DetectorModel, DetectorPort } from '../core/detector-model.ts'
import { pixelBytes } from '../core/image-metadata.ts'
import type { Segment } from '../core/module-geometry.ts'
import { scratchBytes, type CalibrationArea } from '../ring/memory-plan.ts'
import type { JungfrauJob, PixelKernel, RowsJob, StepJob } from './pixel-kernel.ts'

/** What pixels become that are not measured, masked or out of range. */
export interface PixelRules {
  /** Rows of packets that never came. */
  readonly missingValue: number
  /** Masked pixels and JUNGFRAU values that are none. */
  readonly maskValue: number
  /** JUNGFRAU: saturated pixels. */
  readonly saturatedValue: number
}

export interface ConverterParts {
  readonly model: DetectorModel
  readonly port: DetectorPort
  readonly kernel: PixelKernel
  readonly memory: WebAssembly.Memory
  readonly calibration: CalibrationArea
  /** Three pieces of `scratchBytes`, not shared with another thread. */
  readonly scratch: number
  readonly rules: PixelRules
}

/**
 * Puts rows of a module's raw pixels into an image: unpacks, calibrates, corrects, masks, then places them by the module's segments.
 * Works on the rows of a packet at a time, so that the steps between stay in the first cache.
 */
export class FrameConverter {
  private readonly parts: ConverterParts
  private readonly outBytes: 1 | 2 | 4
  private readonly columns: number
  private readonly rows: RowsJob = {
    source: 0,
    target: 0,
    rows: 0,
    rowBytes: 0,
    sourceStride: 0,
    targetStride: 0,
  }
  private readonly step: StepJob
  private readonly jungfrau: JungfrauJob
  private readonly fillRow: number
  /** Where the module's rows follow each other in the image, the last step writes there: its first byte, else undefined. */
  private readonly directFrom: number | undefined
  private readonly maskPattern: number
  /** 1 while the mask is applied; it changes while images arrive. */
  private readonly maskSwitch: Int32Array | undefined

  constructor(parts: ConverterParts) {
    this.parts = parts
    const { model, memory, rules, scratch } = parts
    const bytes = pixelBytes[model.pixelType]
    this.outBytes = bytes === 1 || bytes === 2 ? bytes : 4
    this.columns = parts.port.format.columns
    this.step = {
      source: 0,
      target: 0,
      rows: 0,
      columns: 0,
      pixelBytes: this.outBytes,
      sourceStride: 0,
      rowStep: 0,
      columnStep: 0,
    }
    this.jungfrau = {
      source: 0,
      target: 0,
      pixels: 0,
      table: 0,
      first: 0,
      error: rules.maskValue,
      saturated: rules.saturatedValue,
    }
    const [segment, ...others] = parts.port.segments
    const isWhole =
      segment !== undefined &&
      others.length === 0 &&
      segment.columnStep === 1 &&
      segment.rowStep === this.columns &&
      parts.calibration.dark === 0 &&
      model.transform !== 'none'
    this.directFrom = isWhole ? segment.start * this.outBytes : undefined
    this.fillRow = scratch + 2 * scratchBytes
    this.maskPattern = this.fillRow + this.columns * this.outBytes
    const { maskSwitch } = parts.calibration
    this.maskSwitch = maskSwitch === 0 ? undefined : new Int32Array(memory.buffer, maskSwitch, 1)
    const view = new DataView(memory.buffer)
    const isFloat = model.pixelType === 'f32'
    const write = (from: number, count: number, value: number): void => {
      for (let at = from; at < from + count * this.outBytes; at += this.outBytes) {
        if (isFloat) view.setFloat32(at, value, true)
        else if (this.outBytes === 1) view.setUint8(at, value)
        else if (this.outBytes === 2) view.setUint16(at, value, true)
        else view.setUint32(at, value, true)
      }
    }
    write(this.fillRow, this.columns, rules.missingValue)
    write(this.maskPattern, 16 / this.outBytes, rules.maskValue)
  }

  /** `count` rows from `firstRow` on, raw at `source`, into the image at `image`. `highGain` is bit 0 of JUNGFRAU's DAQ info. */
  place(rows: { firstRow: number; count: number; source: number; image: number; highGain: boolean }): void {
    const isMasked = this.maskSwitch !== undefined && Atomics.load(this.maskSwitch, 0) === 1
    if (this.directFrom !== undefined && !isMasked) {
      this.transform(rows, rows.image + this.directFrom + rows.firstRow * this.columns * this.outBytes)
      return
    }
    const from = this.transform(rows, this.parts.scratch, isMasked)
    for (const segment of this.parts.port.segments)
      this.putRows(segment, { firstRow: rows.firstRow, count: rows.count, from, image: rows.image })
  }

  /** Rows that never came. */
  fill(rows: { firstRow: number; count: number; image: number }): void {
    for (const segment of this.parts.port.segments)
      this.putRows(segment, { ...rows, from: this.fillRow, isFill: true })
  }

  /** The rows as pixels of the image; gives where they lie. */
  private transform(
    rows: { firstRow: number; count: number; source: number; highGain: boolean },
    target: number,
    isMasked = false,
  ): number {
    const { kernel, model, calibration } = this.parts
    const pixels = rows.count * this.columns
    const first = rows.firstRow * this.columns
    let at = rows.source
    switch (model.transform) {
      case 'none':
        break
      case 'unpack12':
        kernel.unpack12({ source: at, target, pixels })
        at = target
        break
      case 'unpack4':
        kernel.unpack4({ source: at, target, pixels })
        at = target
        break
      case 'jungfrau': {
        const job = this.jungfrau
        job.source = at
        job.target = target
        job.pixels = pixels
        job.table = calibration.tables + (rows.highGain ? 32 : 0)
        job.first = first
        kernel.jungfrau(job)
        at = target
        break
      }
    }
    if (calibration.dark === 0 && !isMasked) return at
    return this.correct({ at, first, pixels, isMasked })
  }

  private correct(run: { at: number; first: number; pixels: number; isMasked: boolean }): number {
    const { kernel, model, scratch, calibration } = this.parts
    const { first, pixels } = run
    const target = scratch + scratchBytes
    if (calibration.flat !== 0) {
      kernel.correctFlat({
        source: run.at,
        target,
        pixels,
        pixelBytes: model.transform === 'jungfrau' ? 0 : model.rawPixelBytes,
        dark: calibration.dark + first * 4,
        flat: calibration.flat + first * 4,
      })
    } else {
      const bytes = pixels * this.outBytes
      kernel.copyRows({
        source: run.at,
        target,
        rows: 1,
        rowBytes: bytes,
        sourceStride: bytes,
        targetStride: bytes,
      })
      if (calibration.dark !== 0)
        kernel.subtractDark({
          target,
          dark: calibration.dark + first * this.outBytes,
          pixels,
          pixelBytes: this.outBytes,
        })
    }
    if (run.isMasked)
      kernel.applyMask({
        target,
        mask: calibration.mask + first * this.outBytes,
        bytes: pixels * this.outBytes,
        pattern: this.maskPattern,
      })
    return target
  }

  private putRows(
    segment: Segment,
    rows: { firstRow: number; count: number; from: number; image: number; isFill?: boolean },
  ): void {
    const first = Math.max(rows.firstRow, segment.sourceY)
    const last = Math.min(rows.firstRow + rows.count, segment.sourceY + segment.rows)
    if (last <= first) return
    const bytes = this.outBytes
    const stride = rows.isFill === true ? 0 : this.columns * bytes
    const source = rows.from + (first - rows.firstRow) * stride + segment.sourceX * bytes
    const target = rows.image + (segment.start + (first - segment.sourceY) * segment.rowStep) * bytes
    if (segment.columnStep === 1) {
      const job = this.rows
      job.source = source
      job.target = target
      job.rows = last - first
      job.rowBytes = segment.columns * bytes
      job.sourceStride = stride
      job.targetStride = segment.rowStep * bytes
      this.parts.kernel.copyRows(job)
      return
    }
    const job = this.step
    job.source = source
    job.target = target
    job.rows = last - first
    job.columns = segment.columns
    job.sourceStride = stride
    job.rowStep = segment.rowStep * bytes
    job.columnStep = segment.columnStep * bytes
    this.parts.kernel.stepPixels(job)
  }
}
