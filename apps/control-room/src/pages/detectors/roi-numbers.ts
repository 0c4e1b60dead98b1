import type { ImageRoi } from '@beamtime/http-gateway/ui-types'

export interface RoiNumber {
  readonly name: string
  readonly value: number
}

/** A line as its two ends, anything else as its upper left corner and its size; in source pixels. */
export function numbersOf({ kind, pts }: ImageRoi): readonly RoiNumber[] {
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = pts
  if (kind === 'line')
    return [
      { name: 'x1', value: x0 },
      { name: 'y1', value: y0 },
      { name: 'x2', value: x1 },
      { name: 'y2', value: y1 },
    ]
  return [
    { name: 'x', value: Math.min(x0, x1) },
    { name: 'y', value: Math.min(y0, y1) },
    { name: 'w', value: Math.abs(x1 - x0) },
    { name: 'h', value: Math.abs(y1 - y0) },
  ]
}

/** The region with the number at `at` of `numbersOf` changed. */
export function withNumber(roi: ImageRoi, at: number, value: number): ImageRoi {
  const values = numbersOf(roi).map((one, index) => (index === at ? value : one.value))
  const [a = 0, b = 0, c = 0, d = 0] = values
  const isLine = roi.kind === 'line'
  const end = isLine ? ([c, d] as const) : ([a + Math.max(1, c), b + Math.max(1, d)] as const)
  return { ...roi, pts: [[a, b], end] }
}
