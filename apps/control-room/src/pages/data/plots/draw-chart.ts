import { drawAxes, type Board } from '../../../plot/axes-drawing.ts'
import { drawHeat, heatFrame, valueRange, withAspect, type HeatFrame } from '../../../plot/heat-drawing.ts'
import { xOf, yOf, type PlotArea } from '../../../plot/plot-area.ts'
import { drawFrame } from '../../../plot/plot-drawing.ts'
import { xRangeOf, yRangeOf, type Range } from '../../../plot/plot-range.ts'
import { formatClock } from '../../../text/format-time.ts'
import { drawBars } from './bars-chart.ts'
import type { Chart, CurvesChart, PictureChart } from './chart.ts'
import { cropped } from './crop-grid.ts'
import type { HeatGrid } from '../../../plot/heat-grid.ts'

/** What part of the data is shown; null follows them. */
export interface ChartWindow {
  readonly x: Range | null
  readonly y: Range | null
  readonly colour: Range | null
}

/** A chart as it was drawn: where values are, px of the page. */
export type DrawnChart =
  | { readonly kind: 'empty' }
  | { readonly kind: 'curves'; readonly chart: CurvesChart; readonly area: PlotArea }
  | {
      readonly kind: 'picture'
      readonly chart: PictureChart
      /** The part of the grid that is shown. */
      readonly grid: HeatGrid
      readonly frame: HeatFrame
      readonly range: Range
    }
  | { readonly kind: 'bars'; readonly texts: readonly string[] }

export function drawChart(board: Board, chart: Chart, window: ChartWindow): DrawnChart {
  switch (chart.kind) {
    case 'empty':
      board.c.setTransform(1, 0, 0, 1, 0, 0)
      board.c.clearRect(0, 0, board.width * board.ratio, board.height * board.ratio)
      return { kind: 'empty' }
    case 'curves':
      return drawCurves(board, chart, window)
    case 'picture':
      return drawPicture(board, chart, window)
    case 'bars':
      return { kind: 'bars', texts: drawBars(board, chart) }
  }
}

function drawCurves(board: Board, chart: CurvesChart, window: ChartWindow): DrawnChart {
  const { frame, isLogX, isLogY, levels } = chart
  const x = window.x ?? xRangeOf(frame, isLogX) ?? (isLogX ? [0.1, 10] : [0, 1])
  const y = window.y ?? yRangeOf(frame, isLogY)
  const area = drawAxes(board, {
    x: { lo: x[0], hi: x[1], isLog: isLogX },
    y: { lo: y[0], hi: y[1], isLog: isLogY },
    xLabel: chart.xLabel,
    yLabel: chart.yLabel,
    ...(chart.isTime ? { xTexts: (values) => values.map((value) => formatClock(value)) } : {}),
  })
  const pen = { area, c: board.c, palette: board.palette, ratio: board.ratio }
  drawFrame(pen, frame)
  drawLevels(board, area, levels)
  return { kind: 'curves', chart, area: onPage(area, board.ratio) }
}

function onPage(area: PlotArea, ratio: number): PlotArea {
  return {
    ...area,
    left: area.left / ratio,
    top: area.top / ratio,
    width: area.width / ratio,
    height: area.height / ratio,
  }
}

function drawLevels({ c, palette, ratio }: Board, area: PlotArea, levels: readonly number[]): void {
  if (levels.length === 0) return
  c.strokeStyle = palette.text
  c.lineWidth = ratio
  c.setLineDash([4 * ratio, 3 * ratio])
  c.beginPath()
  for (const level of levels) {
    const at = yOf(area, level)
    if (at < area.top || at > area.top + area.height) continue
    c.moveTo(area.left, at)
    c.lineTo(area.left + area.width, at)
  }
  c.stroke()
  c.setLineDash([])
}

function drawPicture(board: Board, chart: PictureChart, window: ChartWindow): DrawnChart {
  const { map, isLog, xLabel, yLabel, zUnit, low, high } = chart
  const grid = cropped(chart.grid, window)
  const whole = window.colour ?? chart.shared ?? valueRange(chart.grid, isLog)
  const range: Range = [low ?? whole[0], high ?? whole[1]]
  const frame = withAspect(heatFrame(board, false), grid, chart.aspect)
  const look = { map, range, isLog, xLabel, yLabel, zUnit, isBare: false }
  drawHeat(board, grid, { look, frame })
  drawPictureOverlays(board, chart, areaOfGrid(grid, frame))
  return { kind: 'picture', chart, grid, frame, range }
}

/** Scales of the edges of the outer cells. */
export function areaOfGrid(grid: HeatGrid, frame: HeatFrame): PlotArea {
  return { ...frame, x: edgesOf(grid.x, grid.columns), y: edgesOf(grid.y, grid.rows) }
}

function edgesOf([first, last]: Range, cells: number): PlotArea['x'] {
  const [lo, hi] = first <= last ? [first, last] : [last, first]
  const half = cells > 1 ? (hi - lo) / (cells - 1) / 2 : 0.5
  return { lo: lo - half, hi: hi + half, isLog: false }
}

/** Lines and rectangles of the layout, in units of the axes; the canvas is in pixels of the page here. */
function drawPictureOverlays({ c }: Board, { overlays }: PictureChart, area: PlotArea): void {
  if (overlays.length === 0) return
  c.save()
  c.beginPath()
  c.rect(area.left, area.top, area.width, area.height)
  c.clip()
  c.strokeStyle = '#ffffff'
  c.lineWidth = 1.5
  c.setLineDash([4, 3])
  c.beginPath()
  for (const { plotName, places } of overlays) {
    if (plotName === 'rectangles')
      for (let i = 0; i + 3 < places.length; i += 4) rectangle(c, area, places.slice(i, i + 4))
    else
      for (const place of places) {
        const isUp = plotName === 'vlines'
        c.moveTo(isUp ? xOf(area, place) : area.left, isUp ? area.top : yOf(area, place))
        c.lineTo(
          isUp ? xOf(area, place) : area.left + area.width,
          isUp ? area.top + area.height : yOf(area, place),
        )
      }
  }
  c.stroke()
  c.restore()
}

function rectangle(c: Board['c'], area: PlotArea, [x0 = 0, y0 = 0, x1 = 0, y1 = 0]: readonly number[]): void {
  c.rect(xOf(area, x0), yOf(area, y0), xOf(area, x1) - xOf(area, x0), yOf(area, y1) - yOf(area, y0))
}
