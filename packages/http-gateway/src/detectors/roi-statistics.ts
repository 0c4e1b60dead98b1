import type { ImageRoi } from '../ui-types.ts'
import { lineSamples } from './line-samples.ts'
import type { SourceImage } from './pixels.ts'
import { walkSpans } from './roi-spans.ts'

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
  else
    walkSpans(roi, image, (row, { left, right }) => {
      for (let x = left; x <= right; x++) gather.take(x, row)
    })
  return gather.result(roi.id)
}

/** Each pixel once, though a line at an angle reads some twice. */
function walkLine(roi: ImageRoi, gather: Gather): void {
  const { points, lanes, at } = lineSamples(roi)
  const seen = new Set<number>()
  for (let point = 0; point < points; point++)
    for (let lane = 0; lane < lanes; lane++) {
      const [x, y] = at(point, lane)
      const index = gather.indexOf(x, y)
      if (index === null || seen.has(index)) continue
      seen.add(index)
      gather.take(x, y)
    }
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

  /** Null outside of the image. */
  indexOf(x: number, y: number): number | null {
    const { width, height } = this.#image
    return x < 0 || y < 0 || x >= width || y >= height ? null : y * width + x
  }

  /** A pixel that lies in the image. */
  take(x: number, y: number): void {
    const { width, pixels } = this.#image
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
