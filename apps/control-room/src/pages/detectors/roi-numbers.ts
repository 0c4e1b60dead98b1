import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import { t } from '../../text/text.ts'

export interface RoiNumber {
  readonly name: string
  readonly value: number
  /** Digits after the point. */
  readonly digits: number
}

const mostWidth = 20

/** How a region is called on the picture and in tables. */
export function roiName({ id, kind }: ImageRoi): string {
  return kind === 'line' ? t.detectors.line(id) : t.detectors.roi(id)
}

/** A line as its two ends and its width, a polygon as its corners, anything else as its upper left corner and its size; in source pixels. */
export function numbersOf({ kind, pts, width = 1 }: ImageRoi): readonly RoiNumber[] {
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = pts
  switch (kind) {
    case 'line':
    case 'polygon': {
      const corners = pts.flatMap(([x, y], at) => [
        { name: `x${at + 1}`, value: x, digits: 1 },
        { name: `y${at + 1}`, value: y, digits: 1 },
      ])
      return kind === 'line'
        ? [...corners, { name: t.detectors.lineWidth, value: width, digits: 0 }]
        : corners
    }
    case 'rect':
    case 'ellipse':
      return [
        { name: 'x', value: Math.min(x0, x1), digits: 0 },
        { name: 'y', value: Math.min(y0, y1), digits: 0 },
        { name: 'w', value: Math.abs(x1 - x0), digits: 0 },
        { name: 'h', value: Math.abs(y1 - y0), digits: 0 },
      ]
  }
}

/** The region with the number at `at` of `numbersOf` changed. */
export function withNumber(roi: ImageRoi, at: number, value: number): ImageRoi {
  const { kind, pts } = roi
  const values = numbersOf(roi).map((one, index) => (index === at ? value : one.value))
  if (kind === 'line' || kind === 'polygon') {
    const corners = pts.map((_, corner) => [values[2 * corner] ?? 0, values[2 * corner + 1] ?? 0] as const)
    if (kind === 'polygon') return { ...roi, pts: corners }
    const width = Math.max(1, Math.min(mostWidth, Math.round(values[2 * pts.length] ?? 1)))
    return { ...roi, pts: corners, width }
  }
  const [x = 0, y = 0, w = 0, h = 0] = values
  return {
    ...roi,
    pts: [
      [x, y],
      [x + Math.max(1, w), y + Math.max(1, h)],
    ],
  }
}
