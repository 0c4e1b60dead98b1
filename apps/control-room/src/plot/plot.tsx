import uPlot from 'uplot'
import { useEffect, useRef, type ReactElement } from 'react'
import { useControlRoom } from '../app/use-control-room.ts'
import { frameEntry } from '../stores/frame-loop.ts'
import { formatCount, formatNumber } from '../text/format-number.ts'
import { t } from '../text/text.ts'
import { usePalette } from '../theme/theme-context.ts'
import type { Palette } from '../theme/tokens.ts'
import { orderByX } from './decimate.ts'
import type { PlotArea } from './plot-area.ts'
import { drawFrame } from './plot-drawing.ts'
import { emptyFrame, type PlotFrame, type PlotSource } from './plot-frame.ts'
import { xRangeOf, yRangeOf, type Range } from './plot-range.ts'
import { niceTicks, tickTexts } from './ticks.ts'
import './plot.css'

export interface PlotProps {
  readonly source: PlotSource
  readonly xLabel: string
  readonly yLabel: string
  readonly isLog?: boolean
  /** Without axes and texts, for strips and previews. */
  readonly isBare?: boolean
  /** A click on the plot, in units of x. */
  readonly onPick?: (x: number) => void
  /** Texts of the x axis, e.g. for times. */
  readonly xTickTexts?: (values: readonly number[]) => string[]
}

/** At most ten drawings a second and plot. */
const plotEveryMs = 100

/** Curves drawn outside React. Drag to zoom, double click to see all, hover for values. */
export function Plot(props: PlotProps): ReactElement {
  const { source, xLabel, yLabel, isLog = false, isBare = false, xTickTexts } = props
  const host = useRef<HTMLDivElement>(null)
  const readout = useRef<HTMLDivElement>(null)
  const pick = useRef(props.onPick)
  const palette = usePalette()
  const { frames } = useControlRoom()
  useEffect(() => {
    pick.current = props.onPick
  })

  useEffect(() => {
    const element = host.current
    if (element === null) return undefined
    const state: PlotState = { frame: emptyFrame, zoom: null }
    const plot = new uPlot(plotOptions({ palette, isLog, isBare, state, xTickTexts }), [[], []], element)
    const update = (): void => {
      state.frame = source.read()
      plot.setData(hoverData(state.frame), true)
      // Not by React: it changes with each update.
      element.parentElement?.setAttribute('aria-label', summaryOf(state.frame, xLabel, yLabel))
    }
    const entry = frameEntry(update, plotEveryMs)
    const resize = new ResizeObserver(([change]) => {
      const { width, height } = change?.contentRect ?? { width: 0, height: 0 }
      if (width > 0 && height > 0) plot.setSize({ width, height })
    })
    resize.observe(element)
    frames.schedule(entry)
    const unsubscribe = source.subscribe(() => frames.schedule(entry))
    const stopReadout = isBare ? undefined : attachPointer(plot, { state, readout, pick, xLabel })
    return () => {
      unsubscribe()
      stopReadout?.()
      frames.cancel(entry)
      resize.disconnect()
      plot.destroy()
    }
  }, [source, palette, isLog, isBare, frames, xLabel, yLabel, xTickTexts])

  return (
    <div className={`plot${isBare ? ' bare' : ''}`} role="img">
      {isBare ? null : <div className="plot-y">{yLabel}</div>}
      <div className="plot-host" ref={host} />
      {isBare ? null : <div className="plot-x">{xLabel}</div>}
      <div className="plot-readout num" ref={readout} hidden />
    </div>
  )
}

interface PlotState {
  frame: PlotFrame
  zoom: Range | null
}

interface OptionInputs {
  readonly palette: Palette
  readonly isLog: boolean
  readonly isBare: boolean
  readonly state: PlotState
  readonly xTickTexts: ((values: readonly number[]) => string[]) | undefined
}

function plotOptions({ palette, isLog, isBare, state, xTickTexts }: OptionInputs): uPlot.Options {
  const axis = {
    stroke: palette.muted,
    font: "12px 'Inter Variable', sans-serif",
    ticks: { show: false },
    show: !isBare,
  }
  const grid = { stroke: palette.plotGrid, width: 1 }
  return {
    width: 100,
    height: 100,
    padding: isBare ? [4, 4, 4, 4] : [8, 16, 0, 0],
    legend: { show: false },
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    cursor: { drag: { x: !isBare, y: false }, points: { show: false }, show: !isBare },
    scales: {
      x: { time: false, range: (_u, min, max) => [...shownX(state, min, max)] },
      y: { distr: isLog ? 3 : 1, range: () => [...yRangeOf(state.frame, isLog)] },
    },
    series: [{}, { paths: () => null, points: { show: false } }],
    axes: [
      {
        ...axis,
        grid,
        size: 26,
        gap: 6,
        splits: (...[u, , lo, hi]) => [...niceTicks(lo, hi, Math.max(2, u.width / 84))],
        values: (_u, values) => (xTickTexts === undefined ? tickTexts(values) : xTickTexts(values)),
      },
      {
        ...axis,
        grid,
        gap: 6,
        size: (u, values) => axisWidth(u, values),
        ...(isLog
          ? {}
          : {
              splits: (...[u, , lo, hi]: [uPlot, number, number, number]) => [
                ...niceTicks(lo, hi, Math.max(2, u.height / 34)),
              ],
            }),
        values: (_u, values) =>
          isLog ? values.map((v) => (v === null ? '' : formatNumber(v))) : tickTexts(values),
      },
    ],
    hooks: {
      draw: [(u) => drawFrame({ area: areaOf(u), c: u.ctx, palette, ratio: devicePixelRatio }, state.frame)],
      setSelect: [
        (u) => {
          if (u.select.width > 4)
            state.zoom = [u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x')]
        },
      ],
    },
  }
}

function areaOf(u: uPlot): PlotArea {
  const { x, y } = u.scales
  return {
    ...u.bbox,
    x: { lo: x?.min ?? 0, hi: x?.max ?? 1, isLog: false },
    y: { lo: y?.min ?? 0, hi: y?.max ?? 1, isLog: y?.distr === 3 },
  }
}

let measure: CanvasRenderingContext2D | null = null

function axisWidth(_u: uPlot, values: readonly string[] | null): number {
  measure ??= document.createElement('canvas').getContext('2d')
  if (measure === null || values === null) return 48
  measure.font = "12px 'Inter Variable', sans-serif"
  return Math.ceil(Math.max(24, ...values.map((value) => measure?.measureText(value ?? '').width ?? 0))) + 10
}

function shownX(state: PlotState, min: number, max: number): Range {
  const range = state.zoom ?? xRangeOf(state.frame, false)
  if (range !== null) return range
  return Number.isFinite(min) && max > min ? [min, max] : [0, 1]
}

/** uPlot only needs the first main line, in order of x, to find the point under the pointer. */
function hoverData(frame: PlotFrame): uPlot.AlignedData {
  const main = frame.lines.find((line) => line.isMain)
  if (main === undefined) return [[], []]
  const order = orderByX(main.x)
  if (order === undefined) return [main.x, main.y]
  return [Float64Array.from(order, (i) => main.x[i] ?? 0), Float64Array.from(order, (i) => main.y[i] ?? 0)]
}

interface PointerParts {
  readonly state: PlotState
  readonly readout: { readonly current: HTMLDivElement | null }
  readonly pick: { readonly current: ((x: number) => void) | undefined }
  readonly xLabel: string
}

function attachPointer(plot: uPlot, parts: PointerParts): () => void {
  const { state, readout, pick } = parts
  const show = (): void => {
    const index = plot.cursor.idx
    const box = readout.current
    if (box === null) return
    const [xs, ys] = plot.data
    const x = index === null || index === undefined ? undefined : xs?.[index]
    box.hidden = x === undefined || (plot.cursor.left ?? -1) < 0
    if (x === undefined || index === null || index === undefined) return
    box.textContent = `${formatNumber(x)} · ${formatNumber(ys?.[index])}`
  }
  const onClick = (): void => {
    const index = plot.cursor.idx
    const x = index === null || index === undefined ? undefined : plot.data[0]?.[index]
    if (x !== undefined && plot.select.width < 4) pick.current?.(x)
  }
  const onDouble = (): void => {
    state.zoom = null
    plot.setData(plot.data, true)
  }
  plot.over.addEventListener('mousemove', show)
  plot.over.addEventListener('mouseleave', show)
  plot.over.addEventListener('click', onClick)
  plot.over.addEventListener('dblclick', onDouble)
  return () => {
    plot.over.removeEventListener('mousemove', show)
    plot.over.removeEventListener('mouseleave', show)
    plot.over.removeEventListener('click', onClick)
    plot.over.removeEventListener('dblclick', onDouble)
  }
}

function summaryOf(frame: PlotFrame, xLabel: string, yLabel: string): string {
  const main = frame.lines.find((line) => line.isMain)
  const n = main?.x.length ?? 0
  return t.live.plotSummary({
    y: yLabel,
    x: xLabel,
    n: formatCount(n),
    last: formatNumber(n === 0 ? null : main?.y[n - 1]),
  })
}
