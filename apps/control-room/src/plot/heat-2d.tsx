import { useEffect, useRef, type ReactElement } from 'react'
import { useControlRoom } from '../app/use-control-room.ts'
import { frameEntry } from '../stores/frame-loop.ts'
import { formatCount, formatNumber } from '../text/format-number.ts'
import { t } from '../text/text.ts'
import { usePalette } from '../theme/theme-context.ts'
import type { ColourMapName } from './colour-maps.ts'
import { cellAt, drawHeat, heatFrame, valueRange, type HeatFrame } from './heat-drawing.ts'
import type { HeatGrid } from './heat-grid.ts'
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
}

/** Map of a two-dimensional scan: pixels by value, the planned path ahead, the current point and a colour bar. */
export function Heat2D(props: Heat2DProps): ReactElement {
  const { source, map, isLog = false, isBare = false, xLabel, yLabel, zLabel, zUnit } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  const palette = usePalette()
  const { frames } = useControlRoom()
  const shown = useRef<{ grid: HeatGrid; frame: HeatFrame } | null>(null)

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
      const range = valueRange(grid, isLog)
      const board = { c: context, palette, width, height, ratio: devicePixelRatio }
      const frame = heatFrame(board, isBare)
      drawHeat(board, grid, { look: { map, range, isLog, xLabel, yLabel, zUnit, isBare }, frame })
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
  }, [source, palette, map, isLog, isBare, frames, xLabel, yLabel, zLabel, zUnit])

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
