import { xOf, valueAt, yOf } from '../../../plot/plot-area.ts'
import { cellAt } from '../../../plot/heat-drawing.ts'
import type { HeatGrid } from '../../../plot/heat-grid.ts'
import type { PlotLine } from '../../../plot/plot-frame.ts'
import { formatNumber } from '../../../text/format-number.ts'
import { formatClock } from '../../../text/format-time.ts'
import type { CurvesChart } from './chart.ts'
import { areaOfGrid, type DrawnChart } from './draw-chart.ts'
import type { ChartCursor, Point } from './stage-messages.ts'

interface CursorChart {
  readonly id: number
  readonly drawn: DrawnChart
}

export interface FoundCursor {
  readonly cursor: ChartCursor
  readonly xLabel: string
  readonly yLabel: string
  readonly x: number
  /** Null over curves. */
  readonly y: number | null
}

/** What lies under a place: the point of the first curve next to it with the values of all, or the cell of a picture. */
export function cursorAt({ id, drawn }: CursorChart, at: Point): FoundCursor | null {
  if (drawn.kind === 'curves') {
    const { area, chart } = drawn
    if (at.x < area.left - 8 || at.x > area.left + area.width + 8) return null
    const found = curvesAt(chart, valueAt(area.x, (at.x - area.left) / area.width))
    if (found === null) return null
    const cursor = { chart: id, left: xOf(area, found.x), top: null, text: found.text }
    return { cursor, xLabel: chart.xLabel, yLabel: chart.yLabel, x: found.x, y: null }
  }
  if (drawn.kind !== 'picture') return null
  const { grid, frame, chart } = drawn
  const cell = cellAt({ grid, frame }, at.x, at.y)
  if (cell === null) return null
  const [x, y] = [centreOf(grid.x, grid.columns, cell.column), centreOf(grid.y, grid.rows, cell.row)]
  const area = areaOfGrid(grid, frame)
  const value = grid.values[cell.row * grid.columns + cell.column]
  const text = `${formatNumber(x)}, ${formatNumber(y)} · ${formatNumber(value)} ${chart.zUnit}`.trim()
  const cursor = { chart: id, left: xOf(area, x), top: yOf(area, y), text }
  return { cursor, xLabel: chart.xLabel, yLabel: chart.yLabel, x, y }
}

/** The same place in the other charts that have one of its axes. */
export function linkedCursors(
  own: CursorChart,
  found: FoundCursor,
  charts: Iterable<CursorChart>,
): readonly ChartCursor[] {
  return [...charts].flatMap((other) => {
    if (other === own) return []
    const cursor = linkedCursor(other, found)
    return cursor === null ? [] : [cursor]
  })
}

function linkedCursor({ id, drawn }: CursorChart, found: FoundCursor): ChartCursor | null {
  if (drawn.kind === 'curves') {
    const { area, chart } = drawn
    if (chart.xLabel !== found.xLabel || !isWithin(area.x, found.x)) return null
    const here = curvesAt(chart, found.x)
    return here === null ? null : { chart: id, left: xOf(area, found.x), top: null, text: here.text }
  }
  return drawn.kind === 'picture' ? cursorInPicture(id, drawn, found) : null
}

function cursorInPicture(
  id: number,
  { grid, frame, chart }: Extract<DrawnChart, { kind: 'picture' }>,
  { x, y, xLabel, yLabel }: FoundCursor,
): ChartCursor | null {
  const area = areaOfGrid(grid, frame)
  const left = chart.xLabel === xLabel && isWithin(area.x, x) ? xOf(area, x) : null
  const top = y !== null && chart.yLabel === yLabel && isWithin(area.y, y) ? yOf(area, y) : null
  if (left === null || top === null) return left === top ? null : { chart: id, left, top, text: '' }
  const cell = cellAt({ grid, frame }, left, top)
  const value = cell === null ? undefined : grid.values[cell.row * grid.columns + cell.column]
  return { chart: id, left, top, text: `${formatNumber(value)} ${chart.zUnit}`.trim() }
}

function isWithin({ lo, hi }: { readonly lo: number; readonly hi: number }, value: number): boolean {
  return value >= lo && value <= hi
}

function centreOf([first, last]: HeatGrid['x'], cells: number, index: number): number {
  return cells > 1 ? first + ((last - first) * index) / (cells - 1) : first
}

const mostNamed = 6

function curvesAt(
  { frame, isTime }: CurvesChart,
  x: number,
): { readonly x: number; readonly text: string } | null {
  const main = frame.lines.find((line) => line.isMain)
  const index = main === undefined ? null : nearest(main.x, x)
  if (main === undefined || index === null) return null
  const at = main.x[index] ?? Number.NaN
  const values = frame.lines.slice(0, mostNamed).map((line) => valueText(line, at))
  return { x: at, text: [isTime ? formatClock(at) : formatNumber(at), ...values].join(' · ') }
}

function valueText(line: PlotLine, x: number): string {
  const index = nearest(line.x, x)
  const value = formatNumber(index === null ? null : line.y[index])
  return line.label === '' ? value : `${line.label} ${value}`
}

/** Index of the value next to x, in any order; null of none. */
export function nearest(values: ArrayLike<number>, x: number): number | null {
  let best: number | null = null
  let distance = Number.POSITIVE_INFINITY
  for (let i = 0; i < values.length; i += 1) {
    const away = Math.abs((values[i] ?? Number.NaN) - x)
    if (away < distance) {
      distance = away
      best = i
    }
  }
  return best
}
