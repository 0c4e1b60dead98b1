import type { Chart, ChartData, ChartPlan } from './chart.ts'
import { binned, correlated } from './correlation.ts'
import { chartBase, lookOf } from './curves-chart.ts'
import { binsOf } from './plot-params.ts'
import { axisText, type ShownOutput } from './shown-output.ts'

/** A number over what one or two others read at its times; null until all have readings. */
export function correlationChart(plan: ChartPlan, data: ChartData, first: ShownOutput): Chart | null {
  const { settings, axes } = plan
  const series = data.trend(plan.layers[0]?.key ?? '')
  const readings = axes.flatMap(({ key }) => data.trend(key) ?? [])
  if (series === null || readings.length !== axes.length || axes.length === 0) return null
  const found = correlated(series, readings, settings.isPerTime)
  if (found.values.length === 0) return null
  const isPicture = axes.length === 2
  const { values, axes: bins } = binned(found, binsOf(settings, isPicture), settings.isPerTime)
  const [x, y] = bins
  const label = (index: number): string => {
    const axis = axes[index]
    return axisText(axis?.label ?? '', data.output(axis?.key ?? '')?.unit ?? '')
  }
  const unit = settings.isPerTime ? `${first.unit}/s` : first.unit
  if (x === undefined) return null
  if (y === undefined)
    return {
      ...chartBase(plan),
      frame: {
        marks: [],
        xRange: null,
        lines: [
          {
            key: '0',
            label: '',
            x: Float64Array.from(
              { length: x.bins },
              (_, i) => x.first + ((x.last - x.first) * i) / Math.max(1, x.bins - 1),
            ),
            y: values,
            colour: 0,
            dash: [],
            isMain: true,
            ...lookOf({ ...settings, curve: settings.curve === 'line' ? 'steps' : settings.curve }, x.bins),
          },
        ],
      },
      xLabel: label(0),
      yLabel: unit,
      isTime: false,
    }
  return {
    kind: 'picture',
    grid: {
      rows: y.bins,
      columns: x.bins,
      values: settings.isPerTime ? values : emptyAsGaps(values),
      x: [x.first, x.last],
      y: [y.first, y.last],
      current: null,
      isSnaking: false,
      filled: values.length,
    },
    xLabel: label(0),
    yLabel: label(1),
    zUnit: unit,
    map: settings.colourMap,
    isLog: settings.colourScale === 'log',
    low: settings.low,
    high: settings.high,
    aspect: settings.aspect,
    overlays: plan.overlays,
    slice: null,
    shared: null,
  }
}

function emptyAsGaps(values: Float64Array): Float64Array {
  return values.map((value) => (value === 0 ? Number.NaN : value))
}
