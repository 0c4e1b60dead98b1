import { scalar, type DataArray } from '../data/data-array.ts'
import { LiveDataError } from '../error.ts'
import type { Instrument, ReductionEntry } from '../instruments/instrument.ts'
import { numberOf, textOf, type ParameterModel } from './parameters.ts'
import type { JobSetup, OutputSpec, Reduction, Workflow } from './workflow.ts'

/** Final energies of BIFROST's arcs, in the order of the pixel ids. */
const arcs = ['2.7 meV', '3.2 meV', '3.8 meV', '4.4 meV', '5.0 meV'] as const
const pixelsPerChannelRow = 900

const parameters = {
  region: {
    title: 'Region',
    description: 'An arc and a range of its 900 pixel columns.',
    fields: {
      arc: {
        type: 'enum',
        title: 'Arc',
        default: '5.0 meV',
        values: ['5.0 meV', '2.7 meV', '3.2 meV', '3.8 meV', '4.4 meV'],
      },
      pixel_start: { type: 'integer', title: 'First pixel', default: 0, min: 0, max: 899 },
      pixel_stop: { type: 'integer', title: 'End pixel', default: 900, min: 1, max: 900 },
    },
    check: (values) =>
      Number(values['pixel_stop']) > Number(values['pixel_start'])
        ? null
        : 'pixel_stop must be greater than pixel_start',
  },
} as const satisfies ParameterModel

const output = (name: string, kind: OutputSpec['kind'], description: string): OutputSpec => ({
  name,
  kind,
  title: 'Detector region counts',
  description,
  ndim: 0,
  unit: 'counts',
})

/** Counts in part of an arc, to steer by. */
export function detectorRatemeter(instrument: Instrument, entry: ReductionEntry): Workflow {
  return {
    service: 'data_reduction',
    name: 'detector_ratemeter',
    version: 1,
    title: 'Detector ratemeter',
    description: 'Counts in a region of an arc.',
    group: 'Reduction',
    sources: entry.sources,
    parameters,
    auxSources: {},
    contextStreams: () => [],
    outputs: () => [
      output('detector_region_counts', 'window', 'Counts in the last window.'),
      output('detector_region_counts_cumulative', 'cumulative', 'Counts since the start.'),
    ],
    supportsReset: true,
    isDefault: false,
    create(setup) {
      const bank = instrument.detectors.find(({ stream }) => stream === setup.source)
      if (bank === undefined)
        throw new LiveDataError({
          code: 'LIVEDATA_REFUSED',
          message: `${setup.source} is no detector`,
          fault: 'caller',
          remedy: 'choose one of the sources of the workflow',
        })
      return ratemeter(setup, bank.firstId)
    },
  }
}

function ratemeter({ parameters: values }: JobSetup, firstId: number): Reduction {
  const arc = arcs.indexOf(textOf(values, 'region', 'arc') as (typeof arcs)[number])
  const start = numberOf(values, 'region', 'pixel_start')
  const stop = numberOf(values, 'region', 'pixel_stop')
  // An arc has 3 tubes of 9 channels of 100 pixels; a region takes the same columns of all three.
  const arcFirst = firstId + arc * 3 * pixelsPerChannelRow
  let inWindow = 0
  let sinceStart = 0
  const counts = (value: number): DataArray => ({
    label: 'Detector region counts',
    signal: scalar(value, 'counts'),
    coords: {},
  })
  return {
    accept(message) {
      if (message.kind !== 'detector-events') return false
      for (const id of message.pixel) {
        const at = id - arcFirst
        if (at < 0 || at >= 3 * pixelsPerChannelRow) continue
        const column = at % pixelsPerChannelRow
        if (column >= start && column < stop) inWindow += 1
      }
      return true
    },
    finalize() {
      sinceStart += inWindow
      const window = inWindow
      inWindow = 0
      return [
        { name: 'detector_region_counts', array: counts(window) },
        { name: 'detector_region_counts_cumulative', array: counts(sinceStart) },
      ]
    },
    clear() {
      inWindow = 0
      sinceStart = 0
    },
  }
}
