import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import type { ShownRegion } from './image-place.ts'
import type { Point } from './orientation.ts'

/** Frames of rectangles and ellipses lie between pixels; ends and corners of the others lie anywhere, to a tenth of a pixel. */
function rounded(kind: ImageRoi['kind'], value: number): number {
  return kind === 'rect' || kind === 'ellipse' ? Math.round(value) : Math.round(value * 10) / 10
}

/** A region that is drawn from one place to another. */
export function drawnRoi(
  { id, kind, width }: { readonly id: number; readonly kind: ImageRoi['kind']; readonly width?: number },
  ends: readonly Point[],
): ImageRoi {
  const pts = ends.map(({ x, y }) => [rounded(kind, x), rounded(kind, y)] as const)
  return { id, kind, pts, ...(kind === 'line' && width !== undefined ? { width } : {}) }
}

/** The region moved as a whole. */
export function movedRoi(roi: ImageRoi, dx: number, dy: number): ImageRoi {
  return {
    ...roi,
    pts: roi.pts.map(([x, y]) => [rounded(roi.kind, x + dx), rounded(roi.kind, y + dy)] as const),
  }
}

/** What can be taken hold of: ends of a line, corners of a polygon, the four corners of anything else. */
export function handlesOf({ kind, pts }: ImageRoi): readonly Point[] {
  if (kind === 'line' || kind === 'polygon') return pts.map(([x, y]) => ({ x, y }))
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = pts
  return [
    { x: x0, y: y0 },
    { x: x1, y: y0 },
    { x: x1, y: y1 },
    { x: x0, y: y1 },
  ]
}

/** The region with a handle of `handlesOf` at another place. */
export function withHandle(roi: ImageRoi, handle: number, to: Point): ImageRoi {
  const [x, y] = [rounded(roi.kind, to.x), rounded(roi.kind, to.y)]
  if (roi.kind === 'line' || roi.kind === 'polygon')
    return { ...roi, pts: roi.pts.map((point, at) => (at === handle ? [x, y] : point)) }
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = roi.pts
  const isFirstX = handle === 0 || handle === 3
  const isFirstY = handle === 0 || handle === 1
  return {
    ...roi,
    pts: [
      [isFirstX ? x : x0, isFirstY ? y : y0],
      [isFirstX ? x1 : x, isFirstY ? y1 : y],
    ],
  }
}

/** The four corners of the band that a wide line takes. */
export function bandOf({ pts, width = 1 }: ImageRoi): readonly Point[] {
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = pts
  const length = Math.hypot(x1 - x0, y1 - y0) || 1
  const [aside, down] = [(-(y1 - y0) / length) * (width / 2), ((x1 - x0) / length) * (width / 2)]
  return [
    { x: x0 + aside, y: y0 + down },
    { x: x1 + aside, y: y1 + down },
    { x: x1 - aside, y: y1 - down },
    { x: x0 - aside, y: y0 - down },
  ]
}

/** A region in the middle of what is shown, a third as large: for those who draw without a pointer. */
export function middleRoi(
  { id, kind, width }: { readonly id: number; readonly kind: ImageRoi['kind']; readonly width: number },
  { x, y, w, h }: ShownRegion,
): ImageRoi {
  const at = (across: number, down: number): Point => ({ x: x + across * w, y: y + down * h })
  const ends = [at(1 / 3, 1 / 3), at(2 / 3, 2 / 3)]
  const corners = [at(1 / 2, 1 / 3), at(2 / 3, 1 / 2), at(1 / 2, 2 / 3), at(1 / 3, 1 / 2)]
  return drawnRoi({ id, kind, width }, kind === 'polygon' ? corners : ends)
}
