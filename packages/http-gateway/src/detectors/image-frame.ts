import { frameTypes } from '../frames.ts'
import type { ImageView, Reduction, ScaleName } from '../ui-types.ts'
import { imageDetails } from './image-details.ts'
import { coloured, histogram, type LargestCount } from './map-pixels.ts'
import {
  areCounts,
  rangeOf,
  saturationOf,
  statisticsOf,
  type ImageStatistics,
  type SourceImage,
} from './pixels.ts'
import { clipRegion, reduceImage, type Reduced } from './reduce-image.ts'
import { roiStatistics, type RoiStatistics } from './roi-statistics.ts'
import { histogramBins, type Range } from './scaling.ts'

/*
 * Binary frames of type 1, little endian. Payload from byte 128, each part padded to 8 bytes: pixels, probe, histogram, regions.
 * Source: control-room contract 4.3.
 */

const payloadOffset = 128
const probeSide = 17
const roiBytes = 64
const scales: readonly ScaleName[] = ['linear', 'log', 'sqrt', 'asinh']
const reductions: readonly Reduction[] = ['nearest', 'max', 'mean', 'sum']
/** Automatic limits follow the image with this time constant, so that they do not flicker. */
const smoothMs = 1_000

export interface FrameAddress {
  readonly subscription: number
  readonly seq: number
  readonly sentMs: number
  readonly wasSkipped: boolean
}

/** Limits of a view, carried from image to image. */
export interface RangeMemory {
  lo: number
  hi: number
  atMs: number
}

/** Makes the frames of one image; what views share is worked out once. */
export class ImageFrames {
  readonly #image: SourceImage
  #statistics: ImageStatistics | null = null

  constructor(image: SourceImage) {
    this.#image = image
  }

  get statistics(): ImageStatistics {
    this.#statistics ??= statisticsOf(this.#image.pixels, this.#image.saturation, areCounts(this.#image))
    return this.#statistics
  }

  frame(
    view: ImageView,
    memory: RangeMemory | null,
    address: FrameAddress,
  ): { bytes: Uint8Array; range: RangeMemory } {
    const image = this.#image
    const range = smoothed(this.#wanted(view), view.auto === 'off' ? null : memory, image.atMs)
    const mapping: Range = { scale: view.scale, lo: range.lo, hi: range.hi }
    const region = clipRegion(view.view, image)
    const reduced = reduceImage(image, { region, out: view.out, reduction: view.reduce })
    const parts = [
      coloured(
        reduced.pixels,
        { range: mapping, saturation: image.saturation ?? saturationOf(image.pixels) },
        // Means and sums of counts are none.
        reduced.pixels.constructor === image.pixels.constructor ? this.#largest : null,
      ),
      ...(view.probe === null ? [] : [probeOf(image, view.probe)]),
      ...(view.hist ? [new Uint8Array(histogram(image.pixels, mapping, this.#largest).buffer)] : []),
      ...view.rois.map((roi) => roiRecord(roiStatistics(image, roi))),
    ]
    const bytes = new Uint8Array(payloadOffset + parts.reduce((sum, part) => sum + pad8(part.byteLength), 0))
    writeHeader(new DataView(bytes.buffer), {
      image,
      view,
      mapping,
      reduced,
      address,
      statistics: this.statistics,
    })
    let at = payloadOffset
    for (const part of parts) {
      bytes.set(part, at)
      at += pad8(part.byteLength)
    }
    return { bytes, range }
  }

  /** Profiles and values that go with the image; null when the view wants none. */
  details(view: ImageView, address: FrameAddress): Uint8Array | null {
    return imageDetails(this.#image, view, address)
  }

  get #largest(): LargestCount {
    return areCounts(this.#image) ? this.statistics.max : null
  }

  #wanted({ auto, lo, hi }: ImageView): readonly [number, number] {
    return auto === 'off' ? [lo, hi] : rangeOf(this.statistics, auto)
  }
}

const pad8 = (bytes: number): number => (bytes + 7) & ~7

function smoothed(
  [lo, hi]: readonly [number, number],
  memory: RangeMemory | null,
  atMs: number,
): RangeMemory {
  if (memory === null) return { lo, hi, atMs }
  const weight = 1 - Math.exp(-Math.max(0, atMs - memory.atMs) / smoothMs)
  return { lo: memory.lo + (lo - memory.lo) * weight, hi: memory.hi + (hi - memory.hi) * weight, atMs }
}

/** i32 x, i32 y, then f32 raw values around the pointer; outside of the image NaN. */
function probeOf(image: SourceImage, { x, y }: { readonly x: number; readonly y: number }): Uint8Array {
  const [cx, cy] = [Math.floor(x), Math.floor(y)]
  const part = new DataView(new ArrayBuffer(8 + probeSide * probeSide * 4))
  part.setInt32(0, cx, true)
  part.setInt32(4, cy, true)
  const half = (probeSide - 1) / 2
  for (let row = 0; row < probeSide; row++)
    for (let column = 0; column < probeSide; column++) {
      const [px, py] = [cx + column - half, cy + row - half]
      const isInside = px >= 0 && py >= 0 && px < image.width && py < image.height
      const value = isInside ? (image.pixels[py * image.width + px] ?? Number.NaN) : Number.NaN
      part.setFloat32(8 + (row * probeSide + column) * 4, value, true)
    }
  return new Uint8Array(part.buffer)
}

function roiRecord(roi: RoiStatistics): Uint8Array {
  const record = new DataView(new ArrayBuffer(roiBytes))
  record.setUint32(0, roi.id, true)
  record.setUint32(4, roi.n, true)
  record.setFloat64(8, roi.sum, true)
  record.setFloat64(16, roi.mean, true)
  record.setFloat64(24, roi.std, true)
  record.setFloat32(32, roi.min, true)
  record.setFloat32(36, roi.max, true)
  record.setFloat64(40, roi.x, true)
  record.setFloat64(48, roi.y, true)
  return new Uint8Array(record.buffer)
}

interface HeaderParts {
  readonly image: SourceImage
  readonly view: ImageView
  readonly mapping: Range
  readonly reduced: Reduced
  readonly address: FrameAddress
  readonly statistics: ImageStatistics
}

function writeHeader(
  out: DataView,
  { image, view, mapping, reduced, address, statistics }: HeaderParts,
): void {
  const { region } = reduced
  out.setUint32(0, 0x31_46_52_43, true)
  out.setUint8(4, frameTypes.image)
  out.setUint8(5, (address.wasSkipped ? 1 : 0) | (image.isRecorded === true ? 4 : 0))
  out.setUint16(6, payloadOffset, true)
  out.setUint32(8, address.subscription, true)
  out.setUint32(12, address.seq >>> 0, true)
  out.setFloat64(16, image.atMs, true)
  out.setFloat64(24, address.sentMs, true)
  out.setBigUint64(32, BigInt(image.id), true)
  const sizes = [
    image.width,
    image.height,
    region.x,
    region.y,
    region.w,
    region.h,
    reduced.columns,
    reduced.rows,
  ]
  for (const [index, size] of sizes.entries()) out.setUint32(40 + index * 4, size, true)
  out.setUint8(74, scales.indexOf(mapping.scale))
  out.setUint8(75, reductions.indexOf(view.reduce))
  out.setUint16(76, reduced.binX, true)
  out.setUint16(78, reduced.binY, true)
  out.setFloat64(80, mapping.lo, true)
  out.setFloat64(88, mapping.hi, true)
  out.setFloat32(96, statistics.min, true)
  out.setFloat32(100, statistics.max, true)
  out.setFloat64(104, statistics.sum, true)
  out.setUint32(112, statistics.masked, true)
  out.setUint32(116, statistics.saturated, true)
  out.setUint16(120, view.rois.length, true)
  out.setUint16(122, view.probe === null ? 0 : probeSide, true)
  out.setUint32(124, view.hist ? histogramBins : 0, true)
}
