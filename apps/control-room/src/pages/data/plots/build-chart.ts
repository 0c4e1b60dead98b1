import { extent } from '../../../plot/decimate.ts'
import type { Chart, ChartData, ChartPlan } from './chart.ts'
import { correlationChart } from './correlation-chart.ts'
import { curvesChart, trendsChart, type NamedOutput } from './curves-chart.ts'
import { pictureChart } from './picture-chart.ts'
import { plotTypeFor, type PlotType } from './plot-types.ts'
import { perSecond } from './rates.ts'
import type { ShownOutput } from './shown-output.ts'
import { flattened, sliced } from './slices.ts'

/** What is drawn of the newest results; empty until the main output is there. */
export function buildChart(plan: ChartPlan, data: ChartData): Chart {
  const outputOf = (key: string): ShownOutput | null => {
    const output = data.output(key)
    return output === null || !plan.settings.isRate ? output : perSecond(output)
  }
  const outputs = plan.layers.flatMap(({ key, label }): NamedOutput[] => {
    const output = outputOf(key)
    return output === null ? [] : [{ label, output }]
  })
  const first = outputOf(plan.layers[0]?.key ?? '')
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

const asSlice: Builder = ({ plan, first }) => {
  const found = sliced(first, plan.settings, plan.slice)
  const chart = found === null ? null : pictureChart(found.output, plan)
  if (found === null || chart === null) return null
  const isLog = plan.settings.colourScale === 'log'
  const shared = found.slice === null ? null : extent(first.values, isLog)
  return { ...chart, slice: found.slice, shared }
}
const asFlattened: Builder = ({ plan, first }) => {
  const flat = flattened(first, plan.settings)
  return flat === null ? null : pictureChart(flat, plan)
}
const asCorrelation: Builder = ({ plan, data, first }) => correlationChart(plan, data, first)

const builders: Readonly<Record<PlotType, Builder>> = {
  image: asPicture,
  lines: asCurves,
  overlay_1d: asCurves,
  timeseries: asTrends,
  bars: asBars,
  table: asTrends,
  slicer: asSlice,
  flatten: asFlattened,
  correlation_histogram_1d: asCorrelation,
  correlation_histogram_2d: asCorrelation,
}

function trendsOf(plan: ChartPlan, data: ChartData): Parameters<typeof trendsChart>[0] {
  return plan.layers.flatMap(({ key, label }) => {
    const trend = data.trend(key)
    return trend === null ? [] : [{ label, unit: data.output(key)?.unit ?? '', trend }]
  })
}
