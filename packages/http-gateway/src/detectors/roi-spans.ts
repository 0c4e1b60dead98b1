import type { ImageRoi } from '../ui-types.ts'

/** Pixels of one row whose centres lie in a region: from `left` to `right`, both in it. */
export interface Span {
  readonly left: number
  readonly right: number
}

/** The pixels of a region that has an area, row by row, within an image. */
export function walkSpans(
  { kind, pts }: ImageRoi,
  { width, height }: { readonly width: number; readonly height: number },
  take: (row: number, span: Span) => void,
): void {
  const ys = pts.map(([, y]) => y)
  const top = Math.max(0, Math.floor(Math.min(...ys)))
  const bottom = Math.min(height - 1, Math.ceil(Math.max(...ys)))
  const spansOf =
    kind === 'polygon' ? polygonSpans(pts) : kind === 'ellipse' ? ellipseSpans(pts) : rectSpans(pts)
  for (let row = top; row <= bottom; row++)
    for (const [from, to] of spansOf(row + 0.5)) {
      const left = Math.max(0, Math.ceil(from - 0.5))
      const right = Math.min(width - 1, Math.floor(to - 0.5))
      if (left <= right) take(row, { left, right })
    }
}

type Points = ImageRoi['pts']
type SpansOfRow = (y: number) => readonly (readonly [number, number])[]

function rectSpans([[x0, y0] = [0, 0], [x1, y1] = [0, 0]]: Points): SpansOfRow {
  const span = [[Math.min(x0, x1), Math.max(x0, x1)]] as const
  return (y) => (y >= Math.min(y0, y1) && y <= Math.max(y0, y1) ? span : [])
}

function ellipseSpans([[x0, y0] = [0, 0], [x1, y1] = [0, 0]]: Points): SpansOfRow {
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2]
  const [rx, ry] = [Math.abs(x1 - x0) / 2, Math.abs(y1 - y0) / 2]
  return (y) => {
    const inside = 1 - ((y - cy) / ry) ** 2
    const half = rx * Math.sqrt(inside)
    return inside >= 0 ? [[cx - half, cx + half]] : []
  }
}

/** By the even-odd rule: what lies between the first and the second edge, the third and the fourth, ... */
function polygonSpans(pts: Points): SpansOfRow {
  return (y) => {
    const crossings: number[] = []
    for (let index = 0, before = pts.length - 1; index < pts.length; before = index++) {
      const [ax, ay] = pts[index] ?? [0, 0]
      const [bx, by] = pts[before] ?? [0, 0]
      if (ay > y !== by > y) crossings.push(((bx - ax) * (y - ay)) / (by - ay) + ax)
    }
    crossings.sort((a, b) => a - b)
    return Array.from({ length: crossings.length / 2 }, (_, pair) => {
      const to = crossings[2 * pair + 1] ?? 0
      // A pixel whose centre lies on an edge belongs to one of two neighbours.
      return [crossings[2 * pair] ?? 0, Number.isInteger(to - 0.5) ? to - 1 : to]
    })
  }
}
