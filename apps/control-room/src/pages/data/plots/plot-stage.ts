import { palettes, type Palette } from '../../../theme/tokens.ts'
import { setZone } from '../../../text/format-time.ts'
import { buildChart } from './build-chart.ts'
import type { ChartData } from './chart.ts'
import { chartTable } from './chart-table.ts'
import { cursorAt, linkedCursors } from './cursors.ts'
import { summaryOf } from './shown-output.ts'
import { createStageOutputs, type Subscribe } from './stage-outputs.ts'
import { draw, reportOf, StageChart } from './stage-chart.ts'
import type { FromStage, ToStage } from './stage-messages.ts'
import { createWholeOutputs } from './whole-outputs.ts'
import { windowOf } from './zoom-window.ts'

export interface StageOutside {
  readonly subscribe: Subscribe
  readonly requestFrame: (run: () => void) => void
  readonly tell: (message: FromStage) => void
  /** Waits before results are told; those of one window come from several services within some milliseconds. */
  readonly beatMs: number
}

/** Has the data and the canvases of all charts of a page: in a worker, so that the page itself has nothing to do per result. */
export function createPlotStage({
  subscribe,
  requestFrame,
  tell,
  beatMs,
}: StageOutside): (message: ToStage) => void {
  const charts = new Map<number, StageChart>()
  const dirty = new Set<StageChart>()
  const news = { outputs: new Set<string>(), charts: new Set<StageChart>(), isWaiting: false }
  let palette: Palette = palettes.dark
  let isRequested = false
  let isLinked = false
  let pointer: {
    readonly chart: StageChart
    readonly at: { readonly x: number; readonly y: number }
  } | null = null

  const wholes = createWholeOutputs((key, output) => tell({ kind: 'whole', key, output }))
  const outputs = createStageOutputs(subscribe, (key) => {
    wholes.onResult(key, outputs.output(key))
    news.outputs.add(key)
    beat()
    for (const chart of charts.values()) if (chart.shows(key)) redraw(chart)
  })
  const data: ChartData = {
    output: (key) => outputs.output(key),
    trend: (key) => outputs.trend(key),
  }

  function redraw(chart: StageChart): void {
    dirty.add(chart)
    if (isRequested) return
    isRequested = true
    requestFrame(run)
  }

  function run(): void {
    isRequested = false
    const due = [...dirty]
    dirty.clear()
    for (const chart of due) {
      try {
        draw(chart, buildChart(chart.plan, data), palette)
      } catch (error) {
        // One result that cannot be drawn must not stop the other plots; it is told as any error of the page.
        reportError(error)
      }
      news.charts.add(chart)
      // Benches and the browser's developer tools see by it what was drawn when.
      const name = `drawn ${chart.plan.layers[0]?.key ?? ''}`
      performance.mark(name)
      performance.clearMarks(name)
    }
    beat()
    if (pointer !== null) tellCursors()
  }

  function beat(): void {
    if (news.isWaiting) return
    news.isWaiting = true
    setTimeout(() => {
      news.isWaiting = false
      tell({
        kind: 'beat',
        outputs: [...news.outputs].flatMap((key) => {
          const output = outputs.output(key)
          if (output === null) return []
          return [{ key, summary: summaryOf(output), receivedMs: outputs.receivedMs(key) }]
        }),
        charts: [...news.charts].filter(({ id }) => charts.has(id)).map(reportOf),
      })
      news.outputs.clear()
      news.charts.clear()
    }, beatMs)
  }

  function tellCursors(): void {
    if (pointer === null) {
      tell({ kind: 'cursors', cursors: [] })
      return
    }
    const own = cursorAt(pointer.chart, pointer.at)
    const others = isLinked && own !== null ? linkedCursors(pointer.chart, own, charts.values()) : []
    tell({ kind: 'cursors', cursors: own === null ? [] : [own.cursor, ...others] })
  }

  function zoom(chart: StageChart, box: Extract<ToStage, { kind: 'zoom' }>['box']): void {
    const window = windowOf(chart.drawn, box)
    if (window === null) return
    const { drawn } = chart
    for (const other of charts.values()) {
      const isSame = other === chart
      if (!isSame && !(isLinked && drawn.kind === 'curves' && other.hasAxis(drawn.chart.xLabel))) continue
      other.zoomTo(isSame ? window : { x: window.x, y: null })
      redraw(other)
    }
  }

  function forget(): void {
    outputs.keepOnly((key) => [...charts.values()].some((one) => one.shows(key)))
  }

  function takeForPage(message: PageMessage): void {
    switch (message.kind) {
      case 'look':
        palette = message.palette
        setZone(message.zone)
        for (const one of charts.values()) redraw(one)
        return
      case 'follow':
        return outputs.follow(message)
      case 'unfollow':
        outputs.unfollow(message.key)
        return forget()
      case 'whole':
        return wholes.want(message.key, message.isWanted, outputs.output(message.key))
      case 'history':
        outputs.putHistory(message.key, message.times, message.values)
        for (const one of charts.values()) if (one.shows(message.key)) redraw(one)
        return
      case 'link':
        isLinked = message.isLinked
        return
      case 'open': {
        const made = new StageChart(message)
        charts.set(message.chart, made)
        return redraw(made)
      }
    }
  }

  function takeForChart(message: ChartMessage, chart: StageChart): void {
    switch (message.kind) {
      case 'plan':
        chart.change(message.plan, message.scale)
        return redraw(chart)
      case 'size':
        chart.size = message.size
        return redraw(chart)
      case 'close':
        charts.delete(message.chart)
        dirty.delete(chart)
        if (pointer?.chart === chart) pointer = null
        return forget()
      case 'pointer':
        pointer = message.at === null ? null : { chart, at: message.at }
        return tellCursors()
      case 'zoom':
        return zoom(chart, message.box)
      case 'table':
        return tell({ kind: 'table', request: message.request, table: chartTable(chart.drawn) })
    }
  }

  return (message) => {
    if (!isOfChart(message)) return takeForPage(message)
    const chart = charts.get(message.chart)
    if (chart !== undefined) takeForChart(message, chart)
  }
}

type PageMessage = Extract<
  ToStage,
  { readonly kind: 'look' | 'follow' | 'unfollow' | 'whole' | 'history' | 'link' | 'open' }
>
type ChartMessage = Exclude<ToStage, PageMessage>

function isOfChart(message: ToStage): message is ChartMessage {
  return 'chart' in message && message.kind !== 'open'
}
