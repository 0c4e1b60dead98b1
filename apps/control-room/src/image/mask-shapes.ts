import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import type { Point, Size } from './orientation.ts'

/** Pixels of a row that follow each other, the last one included. */
export interface Span {
  readonly y: number
  readonly first: number
  readonly last: number
}

export const largestBrush = 50

/** The pixels under a round brush of `size` pixels across. */
export function brushSpans({ x, y }: Point, size: number): readonly Span[] {
  // A brush of an odd size lies on a pixel, one of an even size between two.
  const [cx, cy] =
    size % 2 === 1 ? [Math.floor(x) + 0.5, Math.floor(y) + 0.5] : [Math.round(x), Math.round(y)]
  const radius = size / 2
  const top = Math.ceil(cy - radius)
  return Array.from({ length: Math.floor(cy + radius) - top }, (_, row) => {
    const half = Math.sqrt(Math.max(0, radius ** 2 - (top + row + 0.5 - cy) ** 2))
    return { y: top + row, first: Math.ceil(cx - half - 0.5), last: Math.floor(cx + half - 0.5) }
  })
}

/** A brush that is drawn along a line, without gaps. */
export function strokeSpans(from: Point, to: Point, size: number): readonly Span[] {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const steps = Math.max(1, Math.ceil(Math.hypot(dx, dy) / Math.max(1, size / 4)))
  return Array.from({ length: steps + 1 }, (_, step) =>
    brushSpans({ x: from.x + (dx * step) / steps, y: from.y + (dy * step) / steps }, size),
  ).flat()
}

/** All pixels that a rectangle between two corners touches. */
export function rectSpans(a: Point, b: Point): readonly Span[] {
  const [first, last] = [Math.floor(Math.min(a.x, b.x)), Math.floor(Math.max(a.x, b.x))]
  const [top, bottom] = [Math.floor(Math.min(a.y, b.y)), Math.floor(Math.max(a.y, b.y))]
  return Array.from({ length: bottom - top + 1 }, (_, row) => ({ y: top + row, first, last }))
}

/** The pixels whose middle lies inside, by the even-odd rule; `size` bounds the rows. */
export function polygonSpans(corners: readonly Point[], { height }: Size): readonly Span[] {
  const top = Math.max(0, Math.floor(Math.min(...corners.map(({ y }) => y))))
  const bottom = Math.min(height - 1, Math.ceil(Math.max(...corners.map(({ y }) => y))))
  const spans: Span[] = []
  for (let y = top; y <= bottom; y++) {
    const edges = crossings(corners, y + 0.5)
    for (let at = 0; at + 1 < edges.length; at += 2) {
      const [left = 0, right = 0] = [edges[at], edges[at + 1]]
      const [first, last] = [Math.ceil(left - 0.5), Math.ceil(right - 0.5) - 1]
      if (last >= first) spans.push({ y, first, last })
    }
  }
  return spans
}

/** Where the edges of a polygon cross a height, from the left. */
function crossings(corners: readonly Point[], y: number): readonly number[] {
  return corners
    .flatMap((a, index) => {
      const b = corners[(index + 1) % corners.length] ?? a
      return a.y > y === b.y > y ? [] : [a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y)]
    })
    .toSorted((one, other) => one - other)
}

/** A frame that lies between pixels. */
function frameSpans(a: Point, b: Point): readonly Span[] {
  const [first, last] = [Math.floor(Math.min(a.x, b.x)), Math.ceil(Math.max(a.x, b.x)) - 1]
  const [top, bottom] = [Math.floor(Math.min(a.y, b.y)), Math.ceil(Math.max(a.y, b.y))]
  return Array.from({ length: bottom - top }, (_, row) => ({ y: top + row, first, last }))
}

function ellipseSpans(a: Point, b: Point): readonly Span[] {
  const [cx, cy] = [(a.x + b.x) / 2, (a.y + b.y) / 2]
  const [rx, ry] = [Math.abs(b.x - a.x) / 2, Math.abs(b.y - a.y) / 2]
  const top = Math.floor(cy - ry)
  return Array.from({ length: Math.ceil(cy + ry) - top + 1 }, (_, row) => {
    const y = top + row
    const share = 1 - ((y + 0.5 - cy) / ry) ** 2
    const half = share >= 0 ? rx * Math.sqrt(share) : Number.NEGATIVE_INFINITY
    return { y, first: Math.ceil(cx - half - 0.5), last: Math.floor(cx + half - 0.5) }
  }).filter(({ first, last }) => last >= first)
}

/** The pixels of a region; a line is as wide as it is drawn. */
export function roiSpans({ kind, pts, width }: ImageRoi, size: Size): readonly Span[] {
  const corners = pts.map(([x, y]) => ({ x, y }))
  const [a, b] = corners
  if (a === undefined || b === undefined) return []
  switch (kind) {
    case 'rect':
      return frameSpans(a, b)
    case 'ellipse':
      return ellipseSpans(a, b)
    case 'line':
      return strokeSpans(a, b, width ?? 1)
    case 'polygon':
      return polygonSpans(corners, size)
  }
}
