import { valueAt, type PlotArea } from '../../../plot/plot-area.ts'
import type { Range } from '../../../plot/plot-range.ts'
import { areaOfGrid, type ChartWindow, type DrawnChart } from './draw-chart.ts'
import type { Point } from './stage-messages.ts'

/** Values between two places of a chart: of curves x only, of pictures both. Null when nothing is to change. */
export function windowOf(
  drawn: DrawnChart,
  box: readonly [Point, Point] | null,
): Pick<ChartWindow, 'x' | 'y'> | null {
  if (box === null) return { x: null, y: null }
  if (drawn.kind === 'curves') {
    const x = between(box[0].x, box[1].x, drawn.area)
    return x === null ? null : { x, y: null }
  }
  if (drawn.kind !== 'picture') return null
  const area = areaOfGrid(drawn.grid, drawn.frame)
  const x = between(box[0].x, box[1].x, area)
  const y = upBetween(box[0].y, box[1].y, area)
  return x === null || y === null ? null : { x, y }
}

function between(a: number, b: number, area: PlotArea): Range | null {
  const parts = [a, b].map((px) => (px - area.left) / area.width).toSorted((p, q) => p - q)
  const [lo = 0, hi = 1] = parts
  const range: Range = [valueAt(area.x, lo), valueAt(area.x, hi)]
  return range[1] > range[0] && Number.isFinite(range[1] - range[0]) ? range : null
}

function upBetween(a: number, b: number, area: PlotArea): Range | null {
  const parts = [a, b].map((px) => 1 - (px - area.top) / area.height).toSorted((p, q) => p - q)
  const [lo = 0, hi = 1] = parts
  const range: Range = [valueAt(area.y, lo), valueAt(area.y, hi)]
  return range[1] > range[0] && Number.isFinite(range[1] - range[0]) ? range : null
}
