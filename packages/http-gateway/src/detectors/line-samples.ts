import type { ImageRoi } from '../ui-types.ts'

/** Longest line that is followed, in pixels; more than the diagonal of any detector. */
const maxPoints = 16_384
const maxLanes = 20

export interface LineSamples {
  /** Places along the line: its first end and then every pixel. */
  readonly points: number
  /** Samples across it at each place. */
  readonly lanes: number
  /** Source pixel of a sample; it may lie outside of the image. */
  readonly at: (point: number, lane: number) => readonly [number, number]
}

/** Where a line is read: one pixel apart along it and across it. Values between pixels are not made up. */
export function lineSamples({ pts, width = 1 }: ImageRoi): LineSamples {
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = pts
  const length = Math.hypot(x1 - x0, y1 - y0)
  const [alongX, alongY] = length > 0 ? [(x1 - x0) / length, (y1 - y0) / length] : [1, 0]
  const lanes = Math.max(1, Math.min(maxLanes, Math.round(width)))
  return {
    // Rounded, so that a line that is meant to be 40 long is not one place short by an error in the last digit.
    points: 1 + Math.min(maxPoints, Math.floor(length + 1e-9)),
    lanes,
    at: (point, lane) => {
      const aside = lane - (lanes - 1) / 2
      return [
        Math.floor(x0 + point * alongX - aside * alongY + 1e-9),
        Math.floor(y0 + point * alongY + aside * alongX + 1e-9),
      ]
    },
  }
}
