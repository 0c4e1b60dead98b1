import { useEffect, useRef, type ReactElement } from 'react'
import { useControlRoom } from '../app/use-control-room.ts'
import { frameEntry } from '../stores/frame-loop.ts'
import { formatCount, formatNumber } from '../text/format-number.ts'
import { t } from '../text/text.ts'
import { usePalette } from '../theme/theme-context.ts'
import type { Palette } from '../theme/tokens.ts'
import { colourAt, type ColourMapName } from './colour-maps.ts'
import { extent } from './decimate.ts'
import { cellOf, type HeatGrid } from './heat-grid.ts'
import { heatPixels, type Colouring } from './heat-pixels.ts'
import { niceTicks, tickTexts } from './ticks.ts'
import './plot.css'

export interface HeatSource {
  read(): HeatGrid | null
  subscribe(listener: () => void): () => void
}

export interface Heat2DProps {
  readonly source: HeatSource
  readonly xLabel: string
  readonly yLabel: string
  readonly zLabel: string
  readonly zUnit: string
  readonly map: ColourMapName
  readonly isLog?: boolean
  /** Only the pixels: for small maps beside the large one. */
  readonly isBare?: boolean
  readonly onPick?: (cell: { row: number; column: number }) => void
  /** Whether the range of the colours follows the data; else it stays until `fit` grows. */
  readonly follow?: { readonly colour: boolean; readonly fit: number } | undefined
}

/** Room for the axes around the pixels, px. */
export const heatInset = { left: 64, top: 24, right: 72, bottom: 44 } as const

interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Map of a two-dimensional scan: pixels by value, the planned path ahead, the current point and a colour bar. */
export function Heat2D(props: Heat2DProps): ReactElement {
  const { source, map, isLog = false, isBare = false, xLabel, yLabel, zLabel, zUnit } = props
  const isHeld = props.follow?.colour === false
  const fit = props.follow?.fit ?? 0
  const canvas = useRef<HTMLCanvasElement>(null)
  const palette = usePalette()
  const { frames } = useControlRoom()
  const shown = useRef<{ grid: HeatGrid; frame: Frame } | null>(null)
  const held = useRef<readonly [number, number] | null>(null)

  useEffect(() => {
    held.current = null
  }, [isLog, fit])
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (element === null || !context) return undefined
    const draw = (): void => {
      const grid = source.read()
      const width = element.clientWidth
      const height = element.clientHeight
      if (width === 0 || height === 0) return
      const [wide, high] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)]
      if (element.width !== wide) element.width = wide
      if (element.height !== high) element.height = high
      context.setTransform(1, 0, 0, 1, 0, 0)
      context.clearRect(0, 0, wide, high)
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
      const frame = isBare
        ? { left: 0, top: 0, width, height }
        : {
            left: heatInset.left,
            top: heatInset.top,
            width: width - heatInset.left - heatInset.right,
            height: height - heatInset.top - heatInset.bottom,
          }
      const range = (isHeld ? held.current : null) ?? valueRange(grid, isLog)
      held.current = grid === null ? null : range
      paintPlot({ c: context, palette, frame, isBare }, grid, { map, range, isLog })
      if (!isBare)
        paintTexts({ c: context, palette, frame, isBare }, grid, { map, range, isLog, xLabel, yLabel, zUnit })
      shown.current = grid === null ? null : { grid, frame }
      const text = summaryOf(grid, { xLabel, yLabel, zLabel, range })
      // Not by React: it changes with each update.
      element.setAttribute('aria-label', text)
    }
    const entry = frameEntry(draw, 100)
    const resize = new ResizeObserver(() => frames.schedule(entry))
    resize.observe(element)
    frames.schedule(entry)
    const unsubscribe = source.subscribe(() => frames.schedule(entry))
    return () => {
      unsubscribe()
      frames.cancel(entry)
      resize.disconnect()
    }
  }, [source, palette, map, isLog, isBare, isHeld, fit, frames, xLabel, yLabel, zLabel, zUnit])

  return (
    <div className="heat">
      <canvas
        ref={canvas}
        role="img"
        onClick={(event) => {
          const at = shown.current
          if (at === null || props.onPick === undefined) return
          const cell = cellAt(at, event.nativeEvent.offsetX, event.nativeEvent.offsetY)
          if (cell !== null) props.onPick(cell)
        }}
      />
    </div>
  )
}

function cellAt(
  { grid, frame }: { grid: HeatGrid; frame: Frame },
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

function valueRange(grid: HeatGrid | null, isLog: boolean): readonly [number, number] {
  return (grid === null ? null : extent(grid.values, isLog)) ?? [0, 1]
}

interface Brush {
  readonly c: CanvasRenderingContext2D
  readonly palette: Palette
  readonly frame: Frame
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
  frame: Frame,
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

interface Texts extends Colouring {
  readonly xLabel: string
  readonly yLabel: string
  readonly zUnit: string
}

function paintTexts(brush: Brush, grid: HeatGrid | null, texts: Texts): void {
  const { c, palette, frame } = brush
  c.font = "12px 'Inter Variable', sans-serif"
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
  const ticks = niceTicks(lo, hi, Math.max(2, length / (axis.isX ? 110 : 70)))
  const texts = tickTexts(ticks)
  c.fillStyle = palette.muted
  c.textAlign = axis.isX ? 'center' : 'right'
  ticks.forEach((tick, i) => {
    const part = (tick - (lo - half)) / (hi - lo + 2 * half || 1)
    if (axis.isX) c.fillText(texts[i] ?? '', frame.left + part * length, frame.top + frame.height + 14)
    else c.fillText(texts[i] ?? '', frame.left - 8, frame.top + (1 - part) * length)
  })
}

function paintBar({ c, palette, frame }: Brush, { map, range, zUnit, isLog }: Texts): void {
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

function summaryOf(
  grid: HeatGrid | null,
  o: { xLabel: string; yLabel: string; zLabel: string; range: readonly [number, number] },
): string {
  const range =
    grid === null || grid.filled === 0
      ? '–'
      : t.live.range(formatNumber(o.range[0]), formatNumber(o.range[1]))
  return t.live.mapSummary({
    z: o.zLabel,
    x: o.xLabel,
    y: o.yLabel,
    n: formatCount(grid?.filled ?? 0),
    range,
  })
}
