import type { PlotLine } from '../../../plot/plot-frame.ts'
import { regionLetter } from '../regions.ts'
import type { ChartPlan, CurvesChart } from './chart.ts'
import type { PlotSettings } from './plot-params.ts'
import { axisText, centresOf, type ShownOutput } from './shown-output.ts'
import type { Trend } from './trend.ts'

const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3], [10, 4], []]

/** Curves of one output, for the eye and for the time it takes. */
const mostCurves = 64

export interface NamedOutput {
  readonly label: string
  readonly output: ShownOutput
}

/** Curves over each other; of an output with two dimensions one for each entry of the first. */
export function curvesChart(
  outputs: readonly NamedOutput[],
  plan: Pick<ChartPlan, 'settings' | 'overlays'>,
): CurvesChart | null {
  const [first] = outputs
  if (first === undefined) return null
  const axis = first.output.axes.at(-1) ?? ''
  const lines = outputs.flatMap(({ output, label }) =>
    linesOf(output, { label: outputs.length > 1 ? label : '', settings: plan.settings }),
  )
  return {
    ...chartBase(plan),
    frame: { marks: marksOf(plan.overlays), xRange: null, lines: withOrder(lines) },
    xLabel: axisText(axis, first.output.coords.get(axis)?.unit ?? ''),
    yLabel: first.output.unit,
    isTime: false,
  }
}

/** Numbers over the time of their results. */
export function trendsChart(
  trends: readonly { readonly label: string; readonly unit: string; readonly trend: Trend }[],
  plan: Pick<ChartPlan, 'settings' | 'overlays'>,
): CurvesChart {
  const lines = trends.map(({ label, trend }): PlotLine => ({
    ...plainLine,
    label: trends.length > 1 ? label : '',
    x: trend.times,
    y: trend.values,
  }))
  return {
    ...chartBase(plan),
    frame: { marks: [], xRange: null, lines: withOrder(lines) },
    xLabel: '',
    yLabel: trends[0]?.unit ?? '',
    isLogX: false,
    isTime: true,
  }
}

type ChartBase = Pick<CurvesChart, 'kind' | 'isLogX' | 'isLogY' | 'levels'>

export function chartBase({ settings, overlays }: Pick<ChartPlan, 'settings' | 'overlays'>): ChartBase {
  return {
    kind: 'curves',
    isLogX: settings.xScale === 'log',
    isLogY: settings.yScale === 'log',
    levels: overlays.flatMap(({ plotName, places }) => (plotName === 'hlines' ? places : [])),
  }
}

function marksOf(overlays: ChartPlan['overlays']): CurvesChart['frame']['marks'] {
  return overlays.flatMap(({ plotName, places }) =>
    plotName === 'vlines' ? places.map((x) => ({ x, label: '', kind: 'dashed' as const })) : [],
  )
}

const plainLine = { key: '', label: '', colour: 0, dash: [], hasPoints: false, isMain: true } as const

/** Key, colour and dash by place: curves that share a plot differ in each. */
export function withOrder(lines: readonly PlotLine[]): readonly PlotLine[] {
  return lines.map((line, index) => ({
    ...line,
    key: String(index),
    colour: index,
    dash: dashes[index % dashes.length] ?? [],
  }))
}

function linesOf(
  output: ShownOutput,
  { label, settings }: { readonly label: string; readonly settings: PlotSettings },
): readonly PlotLine[] {
  const axis = output.axes.at(-1) ?? ''
  const length = output.shape.at(-1) ?? 0
  const coord = output.coords.get(axis)?.values ?? Float64Array.from({ length }, (_, index) => index)
  const x = centresOf(coord, length)
  const base = { ...plainLine, ...lookOf(settings, length) }
  const rowErrors = (row: number): Float64Array | null =>
    settings.errors === 'none' ? null : (output.errors?.subarray(row * length, (row + 1) * length) ?? null)
  if (output.shape.length === 1) return [{ ...base, label, x, y: output.values, errors: rowErrors(0) }]
  const first = output.axes[0] ?? ''
  const entries = output.coords.get(first)?.values
  return Array.from({ length: Math.min(mostCurves, output.shape[0] ?? 0) }, (_, row) => ({
    ...base,
    label: first === 'roi' ? regionLetter(entries?.[row] ?? row) : `${first} ${entries?.[row] ?? row}`,
    x,
    y: output.values.subarray(row * length, (row + 1) * length),
    errors: first === 'roi' ? null : rowErrors(row),
  }))
}

/** How a curve is drawn. */
export function lookOf(
  { curve, errors }: Pick<PlotSettings, 'curve' | 'errors'>,
  length: number,
): Pick<PlotLine, 'joint' | 'hasPoints' | 'errorStyle'> {
  return {
    joint: curve === 'points' ? 'none' : curve === 'steps' ? 'steps' : 'line',
    hasPoints: curve === 'points' || (curve === 'line' && length < 60),
    ...(errors === 'bars' || errors === 'band' ? { errorStyle: errors } : {}),
  }
}
