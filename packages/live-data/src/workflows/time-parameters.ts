import { binEdges, binRange, timeBins, type TimeBins } from '../event-histogram/time-bins.ts'
import { timeUnitNs } from '../data/units.ts'
import {
  flagOf,
  numberOf,
  textOf,
  type GroupValues,
  type ParameterModel,
  type ParameterValues,
} from './parameters.ts'

const micro = '\u03bcs'
const timeUnits = ['ns', 'us', micro, 'ms', 's'] as const
const unitField = (unit: string) =>
  ({ type: 'enum', title: 'Unit', default: unit, values: timeUnits, also: { '\u00b5s': micro } }) as const

function rising(values: GroupValues): string | null {
  return Number(values['stop']) > Number(values['start']) ? null : 'stop must be greater than start'
}

/** Parameters that all views of arrival times share. */
export const timeParameters = {
  coordinate_mode: {
    title: 'Coordinate',
    description: 'What the events are histogrammed over.',
    fields: { mode: { type: 'enum', title: 'Mode', default: 'toa', values: ['toa'] } },
  },
  toa_edges: {
    title: 'Time-of-arrival edges',
    description: 'Bins of the time after the pulse.',
    fields: {
      start: { type: 'number', title: 'Start', default: 0 },
      stop: { type: 'number', title: 'Stop', default: 71.43 },
      num_bins: { type: 'integer', title: 'Bins', default: 100, min: 1, max: 10_000 },
      scale: { type: 'enum', title: 'Spacing', default: 'linear', values: ['linear', 'log'] },
      unit: unitField('ms'),
    },
    check: (values) =>
      rising(values) ??
      (values['scale'] === 'log' && Number(values['start']) <= 0
        ? 'start must be greater than 0 for logarithmic bins'
        : null),
  },
  toa_range: {
    title: 'Time-of-arrival range',
    description: 'Counts in this range are given as an output of their own, and images show them alone.',
    fields: {
      enabled: { type: 'boolean', title: 'Use the range', default: false },
      start: { type: 'number', title: 'Start', default: 0 },
      stop: { type: 'number', title: 'Stop', default: 10 },
      unit: unitField(micro),
    },
    check: rising,
  },
} as const satisfies ParameterModel

export interface TimeAxis {
  readonly bins: TimeBins
  /** In the unit of the parameters, as results show them. */
  readonly edges: Float64Array
  readonly unit: string
  /** Bins of the range; all of them when it is off. */
  readonly range: readonly [first: number, end: number]
}

export function timeAxis(values: ParameterValues): TimeAxis {
  const unit = textOf(values, 'toa_edges', 'unit')
  const edges = binEdges({
    start: numberOf(values, 'toa_edges', 'start'),
    stop: numberOf(values, 'toa_edges', 'stop'),
    count: numberOf(values, 'toa_edges', 'num_bins'),
    scale: textOf(values, 'toa_edges', 'scale') === 'log' ? 'log' : 'linear',
  })
  const edgesNs = edges.map((edge) => wholeNanoseconds(edge * (timeUnitNs(unit) ?? 1)))
  const rangeNs = timeUnitNs(textOf(values, 'toa_range', 'unit')) ?? 1
  const range = flagOf(values, 'toa_range', 'enabled')
    ? binRange(edgesNs, {
        start: numberOf(values, 'toa_range', 'start') * rangeNs,
        stop: numberOf(values, 'toa_range', 'stop') * rangeNs,
      })
    : ([0, edges.length - 1] as const)
  return { bins: timeBins(edgesNs), edges, unit, range }
}

/** 0.7143 ms times three is 2 142 900 ns and not a little more: what rounding left is taken away. */
export function wholeNanoseconds(timeNs: number): number {
  const whole = Math.round(timeNs)
  return Math.abs(timeNs - whole) < 1e-3 ? whole : timeNs
}
