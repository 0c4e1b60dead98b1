import { scalar } from '../data/data-array.ts'
import type { ReductionEntry } from '../instruments/instrument.ts'
import type { Reduction, Workflow } from './workflow.ts'

/** All events of a detector since the start, wherever and whenever they were: the smallest reduction. */
export function totalCounts(entry: ReductionEntry): Workflow {
  return {
    service: 'data_reduction',
    name: 'total_counts',
    version: 1,
    title: 'Total counts',
    description: 'Counts of all detector events since the start.',
    group: 'Reduction',
    sources: entry.sources,
    parameters: {},
    auxSources: {},
    contextStreams: () => [],
    outputs: () => [
      {
        name: 'total_counts',
        kind: 'cumulative',
        title: 'Total counts',
        description: 'Counts since the start.',
        ndim: 0,
        unit: 'counts',
      },
    ],
    supportsReset: true,
    isDefault: true,
    create: totalReduction,
  }
}

function totalReduction(): Reduction {
  let total = 0
  return {
    accept(message) {
      if (message.kind !== 'detector-events') return false
      total += message.pixel.length
      return true
    },
    finalize: () => [
      { name: 'total_counts', array: { label: 'Total counts', signal: scalar(total, 'counts'), coords: {} } },
    ],
    clear() {
      total = 0
    },
  }
}
