import type { ImageRoi } from '../ui-types.ts'
import type { SourceImage } from './pixels.ts'

export interface RoiStatistics {
  readonly id: number
  readonly n: number
  readonly sum: number
  readonly mean: number
  readonly std: number
  readonly min: number
  readonly max: number
  /** Centre of mass in source pixels. */
  readonly x: number
  readonly y: number
}

/** Statistics of the pixels whose centres lie in a region; of a line, of the pixels that it crosses. */
export function roiStatistics(image: SourceImage, roi: ImageRoi): RoiStatistics {
  const gather = new Gather(image)
  if (roi.kind === 'line') walkLine(roi, gather)
  else walkArea(roi, gather, image)
  return gather.result(roi.id)
}

class Gather {
  readonly #image: SourceImage
  #n = 0
  #sum = 0
  #squares = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY
  #xSum = 0
  #ySum = 0

  constructor(image: SourceImage) {
    this.#image = image
  }

  take(x: number, y: number): void {
    const { width, height, pixels } = this.#image
    if (x < 0 || y < 0 || x >= width || y >= height) return
    const value = pixels[y * width + x] ?? Number.NaN
    if (Number.isNaN(value)) return
    this.#n++
    this.#sum += value
    this.#squares += value * value
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
    this.#xSum += value * x
    this.#ySum += value * y
  }

  result(id: number): RoiStatistics {
    const n = this.#n
    const mean = n === 0 ? 0 : this.#sum / n
    const isWeighted = this.#sum !== 0
    return {
      id,
      n,
      sum: this.#sum,
      mean,
      std: n === 0 ? 0 : Math.sqrt(Math.max(0, this.#squares / n - mean * mean)),
      min: n === 0 ? 0 : this.#min,
      max: n === 0 ? 0 : this.#max,
      x: isWeighted ? this.#xSum / this.#sum : Number.NaN,
      y: isWeighted ? this.#ySum / this.#sum : Number.NaN,
    }
  }
}

function walkArea(roi: ImageRoi, gather: Gather, { width, height }: SourceImage): void {
  const xs = roi.pts.map(([x]) => x)
  const ys = roi.pts.map(([, y]) => y)
  const left = Math.max(0, Math.floor(Math.min(...xs)))
  const right = Math.min(width - 1, Math.ceil(Math.max(...xs)))
  const top = Math.max(0, Math.floor(Math.min(...ys)))
  const bottom = Math.min(height - 1, Math.ceil(Math.max(...ys)))
  const holds = areaTest(roi)
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) if (holds(x + 0.5, y + 0.5)) gather.take(x, y)
}

function areaTest(roi: ImageRoi): (x: number, y: number) => boolean {
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = roi.pts
  const [left, right] = [Math.min(x0, x1), Math.max(x0, x1)]
  const [top, bottom] = [Math.min(y0, y1), Math.max(y0, y1)]
  switch (roi.kind) {
    case 'rect':
    case 'line':
      return (x, y) => x >= left && x <= right && y >= top && y <= bottom
    case 'ellipse': {
      const [cx, cy, rx, ry] = [
        (left + right) / 2,
        (top + bottom) / 2,
        (right - left) / 2,
        (bottom - top) / 2,
      ]
      return (x, y) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1
    }
    case 'polygon':
      return (x, y) => isInside(roi.pts, x, y)
  }
}

/** Even-odd rule. */
function isInside(pts: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let inside = false
  for (let index = 0, before = pts.length - 1; index < pts.length; before = index++) {
    const [ax, ay] = pts[index] ?? [0, 0]
    const [bx, by] = pts[before] ?? [0, 0]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  }
  return inside
}

function walkLine(roi: ImageRoi, gather: Gather): void {
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = roi.pts
  const steps = Math.min(100_000, Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0))))
  for (let step = 0; step <= steps; step++)
    gather.take(Math.floor(x0 + ((x1 - x0) * step) / steps), Math.floor(y0 + ((y1 - y0) * step) / steps))
}
