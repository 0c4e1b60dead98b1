import type { Chart, ChartData, ChartPlan } from './chart.ts'
import { curvesChart, trendsChart, type NamedOutput } from './curves-chart.ts'
import { pictureChart } from './picture-chart.ts'
import { plotTypeFor, type PlotType } from './plot-types.ts'
import type { ShownOutput } from './shown-output.ts'

/** What is drawn of the newest results; empty until the main output is there. */
export function buildChart(plan: ChartPlan, data: ChartData): Chart {
  const outputs = plan.layers.flatMap(({ key, label }): NamedOutput[] => {
    const output = data.output(key)
    return output === null ? [] : [{ label, output }]
  })
  const first = data.output(plan.layers[0]?.key ?? '')
  if (first === null) return { kind: 'empty' }
  const type = plotTypeFor(plan.plotName, first.shape, first.axes)
  return builders[type]({ plan, data, first, outputs }) ?? { kind: 'empty' }
}

interface Inputs {
  readonly plan: ChartPlan
  readonly data: ChartData
  readonly first: ShownOutput
  readonly outputs: readonly NamedOutput[]
}

type Builder = (inputs: Inputs) => Chart | null

const asPicture: Builder = ({ first, plan }) => pictureChart(first, plan)
const asCurves: Builder = ({ outputs, plan }) => curvesChart(outputs, plan)
const asTrends: Builder = ({ plan, data }) => trendsChart(trendsOf(plan, data), plan)
const asBars: Builder = ({ plan, first, outputs }) => ({
  kind: 'bars',
  bars: outputs.map(({ label, output }) => ({ label, value: output.values.at(-1) ?? Number.NaN })),
  unit: first.unit,
  isHorizontal: plan.settings.isHorizontal,
  isLog: plan.settings.yScale === 'log',
})

const builders: Readonly<Record<PlotType, Builder>> = {
  image: asPicture,
  lines: asCurves,
  overlay_1d: asCurves,
  timeseries: asTrends,
  bars: asBars,
  table: asTrends,
  slicer: asPicture,
  flatten: asPicture,
  correlation_histogram_1d: asTrends,
  correlation_histogram_2d: asTrends,
}

function trendsOf(plan: ChartPlan, data: ChartData): Parameters<typeof trendsChart>[0] {
  return plan.layers.flatMap(({ key, label }) => {
    const trend = data.trend(key)
    return trend === null ? [] : [{ label, unit: data.output(key)?.unit ?? '', trend }]
  })
}
