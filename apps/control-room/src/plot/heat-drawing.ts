import { formatNumber } from '../text/format-number.ts'
import type { Palette } from '../theme/tokens.ts'
import { colourAt } from './colour-maps.ts'
import { extent } from './decimate.ts'
import { cellOf, type HeatGrid } from './heat-grid.ts'
import { heatPixels, type Colouring } from './heat-pixels.ts'
import { plotFont, type Surface } from './plot-pen.ts'
import { niceTicks, tickTexts } from './ticks.ts'

/** Room for the axes around the pixels, px. */
export const heatInset = { left: 64, top: 24, right: 72, bottom: 44 } as const

/** Where the pixels lie, px of the page. */
export interface HeatFrame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface HeatLook extends Colouring {
  readonly xLabel: string
  readonly yLabel: string
  readonly zUnit: string
  /** Only the pixels. */
  readonly isBare: boolean
}

export interface HeatBoard {
  readonly c: Surface
  readonly palette: Palette
  /** Size on the page, px, and pixels of the canvas per pixel of the page. */
  readonly width: number
  readonly height: number
  readonly ratio: number
}

/** Width by height of the pixels: as the place is, the same size each way, or one unit of x as long as one of y. */
export type HeatAspect = 'free' | 'square' | 'equal'

export function heatFrame(board: Pick<HeatBoard, 'width' | 'height'>, isBare: boolean): HeatFrame {
  const { width, height } = board
  if (isBare) return { left: 0, top: 0, width, height }
  return {
    left: heatInset.left,
    top: heatInset.top,
    width: Math.max(1, width - heatInset.left - heatInset.right),
    height: Math.max(1, height - heatInset.top - heatInset.bottom),
  }
}

/** The largest place within `frame` in which the grid has the aspect asked for. */
export function withAspect(frame: HeatFrame, grid: HeatGrid | null, aspect: HeatAspect): HeatFrame {
  if (aspect === 'free' || grid === null) return frame
  const spans = [Math.abs(grid.x[1] - grid.x[0]), Math.abs(grid.y[1] - grid.y[0])] as const
  const want = aspect === 'square' ? 1 : spans[0] / spans[1]
  if (!Number.isFinite(want) || want <= 0) return frame
  const width = Math.min(frame.width, frame.height * want)
  const height = width / want
  return { left: frame.left, top: frame.top + (frame.height - height) / 2, width, height }
}

/** Draws a picture by value with its axes and its colour bar. */
export function drawHeat(
  board: HeatBoard,
  grid: HeatGrid | null,
  of: { look: HeatLook; frame: HeatFrame },
): void {
  const { c, palette, width, height, ratio } = board
  const { look, frame } = of
  c.setTransform(1, 0, 0, 1, 0, 0)
  c.clearRect(0, 0, Math.round(width * ratio), Math.round(height * ratio))
  c.setTransform(ratio, 0, 0, ratio, 0, 0)
  const brush = { c, palette, frame, isBare: look.isBare }
  paintPlot(brush, grid, look)
  if (!look.isBare) paintTexts(brush, grid, look)
}

/** Cell under a place of the page; null outside of the pixels. */
export function cellAt(
  { grid, frame }: { grid: HeatGrid; frame: HeatFrame },
  x: number,
  y: number,
): { row: number; column: number } | null {
  const column = Math.floor(((x - frame.left) / frame.width) * grid.columns)
  const up = Math.floor((1 - (y - frame.top) / frame.height) * grid.rows)
  if (column < 0 || column >= grid.columns || up < 0 || up >= grid.rows) return null
  return {
    row: grid.y[1] >= grid.y[0] ? up : grid.rows - 1 - up,
    column: grid.x[1] >= grid.x[0] ? column : grid.columns - 1 - column,
  }
}

/** Smallest and largest value that can be shown. */
export function valueRange(grid: HeatGrid | null, isLog: boolean): readonly [number, number] {
  return (grid === null ? null : extent(grid.values, isLog)) ?? [0, 1]
}

interface Brush {
  readonly c: Surface
  readonly palette: Palette
  readonly frame: HeatFrame
  readonly isBare: boolean
}

function paintPlot(brush: Brush, grid: HeatGrid | null, colouring: Colouring): void {
  const { c, palette, frame, isBare } = brush
  c.fillStyle = palette.well
  c.fillRect(frame.left, frame.top, frame.width, frame.height)
  if (grid === null || grid.values.length === 0) return
  const small = heatPixels(grid, colouring)
  c.imageSmoothingEnabled = false
  if (small !== null) c.drawImage(small, frame.left, frame.top, frame.width, frame.height)
  if (!isBare) paintPath(brush, grid)
}

/** Centre of a cell on the canvas. */
function centre(
  frame: HeatFrame,
  grid: HeatGrid,
  cell: { row: number; column: number },
): readonly [number, number] {
  const column = grid.x[1] >= grid.x[0] ? cell.column : grid.columns - 1 - cell.column
  const row = grid.y[1] >= grid.y[0] ? grid.rows - 1 - cell.row : cell.row
  return [
    frame.left + ((column + 0.5) * frame.width) / grid.columns,
    frame.top + ((row + 0.5) * frame.height) / grid.rows,
  ]
}

function paintPath(brush: Brush, grid: HeatGrid): void {
  const { c, palette, frame } = brush
  const total = grid.rows * grid.columns
  const shape = {
    shape: [grid.rows, grid.columns],
    extents: [grid.y, grid.x],
    snaking: grid.isSnaking,
  } as const
  if (grid.current === null || grid.filled >= total) return
  c.save()
  c.beginPath()
  c.rect(frame.left, frame.top, frame.width, frame.height)
  c.clip()
  c.strokeStyle = palette.muted
  c.lineWidth = 1
  c.setLineDash([2, 3])
  c.beginPath()
  c.moveTo(...centre(frame, grid, grid.current))
  // Corners are enough: the path is straight within a row.
  for (let index = grid.filled; index < total; index += 1) {
    const isCorner = index % grid.columns === 0 || index % grid.columns === grid.columns - 1
    if (isCorner) c.lineTo(...centre(frame, grid, cellOf(shape, index)))
  }
  c.stroke()
  c.setLineDash([])
  c.strokeStyle = '#ffffff'
  c.lineWidth = 2
  const [x, y] = centre(frame, grid, grid.current)
  const w = Math.max(10, frame.width / grid.columns)
  const h = Math.max(10, frame.height / grid.rows)
  c.strokeRect(x - w / 2, y - h / 2, w, h)
  c.restore()
}

function paintTexts(brush: Brush, grid: HeatGrid | null, texts: HeatLook): void {
  const { c, palette, frame } = brush
  c.font = `12px ${plotFont}`
  c.fillStyle = palette.muted
  c.textBaseline = 'middle'
  c.textAlign = 'left'
  c.fillText(texts.yLabel, 0, 8)
  c.textAlign = 'center'
  c.fillText(texts.xLabel, frame.left + frame.width / 2, frame.top + frame.height + 34)
  if (grid !== null) {
    paintTicks(brush, { range: grid.x, cells: grid.columns, isX: true })
    paintTicks(brush, { range: grid.y, cells: grid.rows, isX: false })
  }
  paintBar(brush, texts)
}

function paintTicks(
  { c, palette, frame }: Brush,
  axis: { range: readonly [number, number]; cells: number; isX: boolean },
): void {
  const lo = Math.min(...axis.range)
  const hi = Math.max(...axis.range)
  const half = axis.cells > 1 ? (hi - lo) / (axis.cells - 1) / 2 : 0.5
  const length = axis.isX ? frame.width : frame.height
  const ticks = niceTicks(lo, hi, Math.max(3, length / (axis.isX ? 110 : 70)))
  const texts = tickTexts(ticks)
  c.fillStyle = palette.muted
  c.textAlign = axis.isX ? 'center' : 'right'
  ticks.forEach((tick, i) => {
    const part = (tick - (lo - half)) / (hi - lo + 2 * half || 1)
    if (axis.isX) c.fillText(texts[i] ?? '', frame.left + part * length, frame.top + frame.height + 14)
    else c.fillText(texts[i] ?? '', frame.left - 8, frame.top + (1 - part) * length)
  })
}

function paintBar({ c, palette, frame }: Brush, { map, range, zUnit, isLog }: HeatLook): void {
  const x = frame.left + frame.width + 12
  for (let i = 0; i < frame.height; i += 1) {
    c.fillStyle = colourAt(map, Math.round(255 * (1 - i / Math.max(1, frame.height - 1))))
    c.fillRect(x, frame.top + i, 12, 1.5)
  }
  c.fillStyle = palette.muted
  c.textAlign = 'left'
  c.fillText(zUnit, x, 8)
  const steps = Math.max(1, Math.floor(frame.height / 90))
  for (let i = 0; i <= steps; i += 1) {
    const part = i / steps
    const value = isLog ? range[0] * (range[1] / range[0]) ** part : range[0] + part * (range[1] - range[0])
    const y = frame.top + (1 - part) * frame.height + (i === 0 ? -6 : i === steps ? 6 : 0)
    c.fillText(formatShort(value), x + 18, y)
  }
}

function formatShort(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e4 || Math.abs(value) < 1e-2))
    return formatNumber(Number(value.toPrecision(2))).replace(/\.?0+e/, 'e')
  return formatNumber(value, { precision: Math.abs(value) >= 10 ? 0 : 2 })
}
