import type { ImageRoi } from '../ui-types.ts'
import { lineSamples } from './line-samples.ts'
import type { SourceImage } from './pixels.ts'

/** Values along a line, one place a pixel; where everything is masked or outside of the image, not a number. */
export interface LineProfile {
  readonly id: number
  readonly mean: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
}

/** Mean, least and largest of the raw values across a line, without what is masked. */
export function lineProfile({ width, height, pixels }: SourceImage, roi: ImageRoi): LineProfile {
  const { points, lanes, at } = lineSamples(roi)
  const [mean, min, max] = [new Float64Array(points), new Float64Array(points), new Float64Array(points)]
  for (let point = 0; point < points; point++) {
    let [sum, count, least, most] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let lane = 0; lane < lanes; lane++) {
      const [x, y] = at(point, lane)
      if (x < 0 || y < 0 || x >= width || y >= height) continue
      const value = pixels[y * width + x] ?? Number.NaN
      if (Number.isNaN(value)) continue
      sum += value
      count++
      if (value < least) least = value
      if (value > most) most = value
    }
    mean[point] = count === 0 ? Number.NaN : sum / count
    min[point] = count === 0 ? Number.NaN : least
    max[point] = count === 0 ? Number.NaN : most
  }
  return { id: roi.id, mean, min, max }
}
