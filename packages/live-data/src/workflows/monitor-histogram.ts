import { scalar, vector, type DataArray } from '../data/data-array.ts'
import { rebinCounts } from '../data/rebin-histogram.ts'
import { wireUnit } from '../data/units.ts'
import { timeHistogram } from '../event-histogram/time-histogram.ts'
import type { Instrument } from '../instruments/instrument.ts'
import { timeAxis, timeParameters, type TimeAxis } from './time-parameters.ts'
import type { JobSetup, OutputSpec, Reduction, Workflow } from './workflow.ts'

const counts = (
  name: string,
  kind: OutputSpec['kind'],
  { title, description }: Pick<OutputSpec, 'title' | 'description'>,
): OutputSpec => ({ name, kind, title, description, ndim: 0, unit: 'counts' })

const outputs: readonly OutputSpec[] = [
  {
    name: 'cumulative',
    kind: 'cumulative',
    title: 'Histogram',
    description: 'Counts over time of arrival since the start.',
    ndim: 1,
    unit: 'counts',
  },
  {
    name: 'current',
    kind: 'window',
    title: 'Histogram update',
    description: 'Counts over time of arrival in the last window.',
    ndim: 1,
    unit: 'counts',
  },
  counts('counts_total', 'window', { title: 'Total', description: 'Counts in the last window.' }),
  counts('counts_in_toa_range', 'window', {
    title: 'Total in range',
    description: 'Counts in the range in the last window.',
  }),
  counts('counts_total_cumulative', 'cumulative', { title: 'Total', description: 'Counts since the start.' }),
  counts('counts_in_toa_range_cumulative', 'cumulative', {
    title: 'Total in range',
    description: 'Counts in the range since the start.',
  }),
]

/** Beam monitors: a histogram of arrival times with Poisson errors, from events or from histograms. */
export function monitorHistogram(instrument: Instrument): Workflow {
  return {
    service: 'monitor_data',
    name: 'monitor_histogram',
    version: 1,
    title: 'Beam monitor histogram',
    description: 'Counts of a beam monitor over time of arrival.',
    group: 'Monitors',
    sources: instrument.monitors.map(({ stream }) => stream),
    parameters: timeParameters,
    auxSources: {},
    contextStreams: () => [],
    outputs: () => outputs,
    supportsReset: true,
    isDefault: true,
    create: ({ parameters }: JobSetup) => monitorReduction(timeAxis(parameters)),
  }
}

function monitorReduction(axis: TimeAxis): Reduction {
  const events = timeHistogram(axis.bins)
  const shared = new Float64Array(axis.bins.count)
  const cumulative = new Float64Array(axis.bins.count)
  const histogram = (label: string, values: Float64Array): DataArray => ({
    label,
    signal: vector('time_of_arrival', values, 'counts'),
    variances: values,
    coords: { time_of_arrival: vector('time_of_arrival', axis.edges, wireUnit(axis.unit)) },
  })
  const total = (label: string, values: Float64Array, [first, end]: readonly [number, number]): DataArray => {
    let sum = 0
    for (let bin = first; bin < end; bin++) sum += values[bin] ?? 0
    return { label, signal: scalar(sum, 'counts'), variances: Float64Array.of(sum), coords: {} }
  }
  const all = [0, axis.bins.count] as const
  return {
    accept(message) {
      if (message.kind === 'monitor-events') {
        events.add(message.toa)
        return true
      }
      if (message.kind !== 'monitor-counts') return false
      rebinCounts(message.histogram, axis.bins.edgesNs).forEach((count, bin) => {
        shared[bin] = (shared[bin] ?? 0) + count
      })
      return true
    },
    finalize() {
      const current = Float64Array.from(shared, (count, bin) => count + (events.counts[bin] ?? 0))
      current.forEach((count, bin) => {
        cumulative[bin] = (cumulative[bin] ?? 0) + count
      })
      events.counts.fill(0)
      shared.fill(0)
      const since = cumulative.slice()
      return [
        { name: 'cumulative', array: histogram('Histogram', since) },
        { name: 'current', array: histogram('Histogram update', current) },
        { name: 'counts_total', array: total('Total', current, all) },
        { name: 'counts_in_toa_range', array: total('Total in range', current, axis.range) },
        { name: 'counts_total_cumulative', array: total('Total', since, all) },
        { name: 'counts_in_toa_range_cumulative', array: total('Total in range', since, axis.range) },
      ]
    },
    clear() {
      events.counts.fill(0)
      shared.fill(0)
      cumulative.fill(0)
    },
  }
}
