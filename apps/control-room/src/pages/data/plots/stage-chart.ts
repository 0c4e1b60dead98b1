import type { Palette } from '../../../theme/tokens.ts'
import type { Surface } from '../../../plot/plot-pen.ts'
import type { PlotArea } from '../../../plot/plot-area.ts'
import { xRangeOf, yRangeOf, type Range } from '../../../plot/plot-range.ts'
import { valueRange } from '../../../plot/heat-drawing.ts'
import { extent } from '../../../plot/decimate.ts'
import type { CellScale } from '../output-kind.ts'
import type { Chart, ChartPlan } from './chart.ts'
import { areaOfGrid, drawChart, type ChartWindow, type DrawnChart } from './draw-chart.ts'
import type { ChartReport, ChartSize, ToStage } from './stage-messages.ts'

const everything: Pick<ChartWindow, 'x' | 'y'> = { x: null, y: null }

/** One chart with its canvas. */
export class StageChart {
  readonly id: number
  readonly context: Surface | null
  size: ChartSize
  plan: ChartPlan
  drawn: DrawnChart = { kind: 'empty' }
  zoomed = everything
  readonly #canvas: OffscreenCanvas | HTMLCanvasElement
  #scale: CellScale
  /** Ranges that do not follow the data, as they were first. */
  #held: { x?: Range; y?: Range; colour?: Range } = {}

  constructor({ chart, canvas, size, plan, scale }: Extract<ToStage, { kind: 'open' }>) {
    this.id = chart
    this.#canvas = canvas
    this.context = canvas.getContext('2d') as Surface | null
    this.size = size
    this.plan = plan
    this.#scale = scale
  }

  change(plan: ChartPlan, scale: CellScale): void {
    const isOther = plan.layers[0]?.key !== this.plan.layers[0]?.key || plan.plotName !== this.plan.plotName
    if (scale.fit !== this.#scale.fit || isOther) {
      this.#held = {}
      this.zoomed = everything
    }
    this.plan = plan
    this.#scale = scale
  }

  shows(key: string): boolean {
    return (
      this.plan.layers.some((layer) => layer.key === key) || this.plan.axes.some((axis) => axis.key === key)
    )
  }

  /** Whether it shows curves over this axis. */
  hasAxis(xLabel: string): boolean {
    return this.drawn.kind === 'curves' && this.drawn.chart.xLabel === xLabel
  }

  zoomTo(window: Pick<ChartWindow, 'x' | 'y'>): void {
    this.zoomed = window
  }

  /** Sets the canvas to its size on the page; false while it has none. */
  fitCanvas(): boolean {
    const { width, height, ratio } = this.size
    if (width < 1 || height < 1) return false
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
    if (this.#canvas.width !== wide) this.#canvas.width = wide
    if (this.#canvas.height !== high) this.#canvas.height = high
    return true
  }

  /** What is shown of a chart: what was chosen, else what is held, else everything. */
  windowFor(chart: Chart): ChartWindow {
    const { x, y, colour } = this.#scale
    const held = this.#held
    if (x) delete held.x
    if (y) delete held.y
    if (colour) delete held.colour
    this.#hold(chart)
    return {
      x: this.zoomed.x ?? held.x ?? null,
      y: this.zoomed.y ?? held.y ?? null,
      colour: held.colour ?? null,
    }
  }

  #hold(chart: Chart): void {
    const { x, y, colour } = this.#scale
    const held = this.#held
    if (chart.kind === 'curves' && chart.frame.lines.length > 0) {
      if (!x) held.x ??= xRangeOf(chart.frame, chart.isLogX) ?? [0, 1]
      if (!y) held.y ??= yRangeOf(chart.frame, chart.isLogY)
    }
    if (chart.kind === 'picture' && !colour)
      held.colour ??= chart.shared ?? valueRange(chart.grid, chart.isLog)
  }
}

export function draw(of: StageChart, chart: Chart, palette: Palette): void {
  if (of.context === null || !of.fitCanvas()) return
  of.drawn = drawChart({ c: of.context, palette, ...of.size }, chart, of.windowFor(chart))
}

/** How it was drawn last. */
export function reportOf(of: StageChart): ChartReport {
  const { drawn } = of
  const isZoomed = of.zoomed.x !== null || of.zoomed.y !== null
  const slice = drawn.kind === 'picture' ? drawn.chart.slice : null
  const base = { chart: of.id, kind: drawn.kind, isZoomed, slice }
  switch (drawn.kind) {
    case 'empty':
    case 'bars':
      return {
        ...base,
        frame: { left: 0, top: 0, width: 0, height: 0 },
        x: [0, 1],
        y: [0, 1],
        xLabel: '',
        yLabel: drawn.kind === 'bars' ? drawn.texts.join(', ') : '',
        n: drawn.kind === 'bars' ? drawn.texts.length : 0,
        last: null,
        range: null,
      }
    case 'curves': {
      const main = drawn.chart.frame.lines.find(({ isMain }) => isMain)
      return {
        ...base,
        ...placeOf(drawn.area, drawn.chart),
        n: main?.x.length ?? 0,
        last: main?.y.at(-1) ?? null,
        range: main === undefined ? null : extent(main.y),
      }
    }
    case 'picture': {
      return {
        ...base,
        ...placeOf(areaOfGrid(drawn.grid, drawn.frame), drawn.chart),
        n: drawn.grid.filled,
        last: null,
        range: drawn.range,
      }
    }
  }
}

function placeOf(
  { left, top, width, height, x, y }: PlotArea,
  { xLabel, yLabel }: Pick<ChartReport, 'xLabel' | 'yLabel'>,
): Pick<ChartReport, 'frame' | 'x' | 'y' | 'xLabel' | 'yLabel'> {
  return { frame: { left, top, width, height }, x: [x.lo, x.hi], y: [y.lo, y.hi], xLabel, yLabel }
}
