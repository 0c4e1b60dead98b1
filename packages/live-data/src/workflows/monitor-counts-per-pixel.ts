import { vector } from '../data/data-array.ts'
import type { Instrument, ReductionEntry } from '../instruments/instrument.ts'
import type { OutputSpec, Reduction, Workflow } from './workflow.ts'

const outputs: readonly OutputSpec[] = [
  {
    name: 'cumulative',
    kind: 'cumulative',
    title: 'Counts per pixel',
    description: 'Counts of each monitor pixel since the start.',
    ndim: 1,
    unit: 'counts',
  },
  {
    name: 'current',
    kind: 'window',
    title: 'Counts per pixel update',
    description: 'Counts of each monitor pixel in the last window.',
    ndim: 1,
    unit: 'counts',
  },
]

/** Monitors with a few pixels, such as the crosses of LOKI's third: counts of each. */
export function monitorCountsPerPixel(instrument: Instrument, entry: ReductionEntry): Workflow {
  return {
    service: 'monitor_data',
    name: 'monitor_counts_per_pixel',
    version: 1,
    title: 'Monitor counts per pixel',
    description: 'Counts of a pixellated beam monitor by pixel.',
    group: 'Monitors',
    sources: entry.sources,
    parameters: {},
    auxSources: {},
    contextStreams: () => [],
    outputs: () => outputs,
    supportsReset: true,
    isDefault: true,
    create({ source }) {
      const pixels = instrument.monitors.find(({ stream }) => stream === source)?.pixels ?? [1, 1]
      return pixelCounts(pixels)
    },
  }
}

function pixelCounts([firstId, lastId]: readonly [number, number]): Reduction {
  const window = new Float64Array(lastId - firstId + 1)
  const sinceStart = new Float64Array(window.length)
  const ids = Int32Array.from(window, (_, at) => firstId + at)
  const output = (name: string, label: string, values: Float64Array) => ({
    name,
    array: {
      label,
      signal: vector('detector_number', values.slice(), 'counts'),
      coords: { detector_number: vector('detector_number', ids, null) },
    },
  })
  return {
    accept(message) {
      if (message.kind !== 'monitor-events') return false
      for (const id of message.pixel) {
        const at = id - firstId
        if (at >= 0 && at < window.length) window[at] = (window[at] ?? 0) + 1
      }
      return true
    },
    finalize() {
      window.forEach((count, at) => {
        sinceStart[at] = (sinceStart[at] ?? 0) + count
      })
      const results = [
        output('cumulative', 'Counts per pixel', sinceStart),
        output('current', 'Counts per pixel update', window),
      ]
      window.fill(0)
      return results
    },
    clear() {
      window.fill(0)
      sinceStart.fill(0)
    },
  }
}
