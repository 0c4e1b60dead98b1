import type { DetectorModel, DetectorPort } from '../core/detector-model.ts'
import type { Segment } from '../core/module-geometry.ts'
import { pixelBytes } from '../core/image-metadata.ts'
import { writeCalibration, type Corrections } from '../pixels/calibration.ts'
import { FrameConverter } from '../pixels/frame-converter.ts'
import { pixelKernel } from '../pixels/simd-kernel.ts'
import { jungfrauPlaneBytes, jungfrauPlanes, scratchBytes } from '../ring/memory-plan.ts'
import { frameBytes } from './stage.ts'

const page = 65_536
const alignment = 64

/** A piece of an image. */
export interface ImagePiece {
  readonly offset: number
  readonly bytes: Uint8Array
}

/** Rows that are converted at once: they fit the scratch of the converter. */
function rowsAtOnce(port: DetectorPort, outBytes: number): number {
  const rows = Math.floor(scratchBytes / (port.format.columns * outBytes))
  const { rowsPerUnit } = port.format
  return Math.max(rowsPerUnit, rows - (rows % rowsPerUnit))
}

/** The converter of one module in a memory of its own: frame in, pixels of the image out. */
export class ModuleConverter {
  /** Where the raw frame goes. */
  readonly frame: Uint8Array
  private readonly image: Uint8Array
  private readonly port: DetectorPort
  private readonly converter: FrameConverter
  private readonly outBytes: number
  private readonly frameAt: number
  private readonly imageAt: number

  constructor(model: DetectorModel, port: DetectorPort, corrections: Corrections) {
    this.port = port
    this.outBytes = pixelBytes[model.pixelType]
    const isJungfrau = model.transform === 'jungfrau'
    let end = page
    const reserve = (bytes: number): number => {
      const at = end
      end += Math.ceil(bytes / alignment) * alignment
      return at
    }
    this.frameAt = reserve(frameBytes(port))
    const scratch = reserve(3 * scratchBytes)
    const tables = reserve(256)
    const planes = reserve(isJungfrau ? 2 * jungfrauPlanes * jungfrauPlaneBytes : 0)
    this.imageAt = reserve(model.imageBytes)
    const pages = Math.ceil(end / page)
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    const calibration = {
      tables: isJungfrau ? tables : 0,
      planes: isJungfrau ? planes : 0,
      dark: 0,
      flat: 0,
      mask: 0,
      maskSwitch: 0,
    }
    writeCalibration({ memory, model, port }, calibration, corrections)
    this.frame = new Uint8Array(memory.buffer, this.frameAt, frameBytes(port))
    this.image = new Uint8Array(memory.buffer, this.imageAt, model.imageBytes)
    this.converter = new FrameConverter({
      model,
      port,
      kernel: pixelKernel(memory),
      memory,
      calibration,
      scratch,
      rules: { missingValue: 0, maskValue: Number.NaN, saturatedValue: Number.POSITIVE_INFINITY },
    })
  }

  /** Converts what lies in `frame`. */
  convert(highGain: boolean): void {
    const { rows, rowBytes } = this.port.format
    const step = rowsAtOnce(this.port, this.outBytes)
    for (let firstRow = 0; firstRow < rows; firstRow += step)
      this.converter.place({
        firstRow,
        count: Math.min(step, rows - firstRow),
        source: this.frameAt + firstRow * rowBytes,
        image: this.imageAt,
        highGain,
      })
  }

  /** The module's bytes of the image, as few pieces as there are. */
  *pieces(width: number): Iterable<ImagePiece> {
    for (const segment of this.port.segments) yield* this.segmentPieces(segment, width)
  }

  private *segmentPieces(segment: Segment, width: number): Iterable<ImagePiece> {
    const { outBytes, image } = this
    const { start, rows, columns, rowStep, columnStep } = segment
    const piece = (from: number, pixels: number): ImagePiece => {
      const offset = from * outBytes
      return { offset, bytes: image.subarray(offset, offset + pixels * outBytes) }
    }
    if (columnStep === 1 && rowStep === columns && columns === width) {
      yield piece(start, rows * columns)
      return
    }
    if (Math.abs(columnStep) === 1) {
      for (let row = 0; row < rows; row += 1) {
        const from = start + row * rowStep
        yield piece(columnStep === 1 ? from : from - columns + 1, columns)
      }
      return
    }
    // Turned by a quarter: the columns of the module are rows of the image.
    for (let column = 0; column < columns; column += 1) {
      const from = start + column * columnStep
      yield piece(rowStep === 1 ? from : from - rows + 1, rows)
    }
  }
}
