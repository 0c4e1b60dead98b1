import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import type { LineProfile } from '../../image/image-details.ts'

/** A line each: distance from the first end and place in the source, both in pixels, then the values with all digits; empty = masked. */
export function profileCsv({ pts }: ImageRoi, { mean, min, max }: LineProfile): string {
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = pts
  const length = Math.hypot(x1 - x0, y1 - y0) || 1
  const rows = Array.from(mean, (value, distance) => {
    const x = x0 + ((x1 - x0) * distance) / length
    const y = y0 + ((y1 - y0) * distance) / length
    return [distance, round(x), round(y), value, min[distance] ?? Number.NaN, max[distance] ?? Number.NaN]
      .map((one) => (Number.isNaN(one) ? '' : String(one)))
      .join(',')
  })
  return ['distance_px,x_px,y_px,mean,min,max', ...rows, ''].join('\r\n')
}

/** To a thousandth of a pixel. */
function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
