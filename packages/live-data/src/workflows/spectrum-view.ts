import { vector, type DataArray } from '../data/data-array.ts'
import { wireUnit } from '../data/units.ts'
import { textOf, type ParameterModel } from './parameters.ts'
import type { TimeAxis } from './time-parameters.ts'
import type { JobSetup } from './workflow.ts'

/* BIFROST's screen has (arc, tube) x (channel, pixel) places; the spectra take (arc) x (tube, channel, group of pixels). */
const arcs = 5
const tubes = 3
const channels = 9
const pixels = 100

const parameters = {
  spectrum_view: {
    title: 'Spectrum view',
    description: 'Into how many pixels each tube is divided.',
    fields: {
      pixels_per_tube: {
        type: 'enum',
        title: 'Pixels per tube',
        default: '10',
        values: ['1', '2', '4', '5', '10', '20', '25', '50', '100'],
      },
    },
  },
} as const satisfies ParameterModel

export const spectrumView = {
  parameters,
  /** Counts since the start by arc, detector group and time. */
  of(
    cube: ArrayLike<number>,
    { setup, axis }: { readonly setup: JobSetup; readonly axis: TimeAxis },
  ): Omit<DataArray, 'label'> {
    const groups = Number(textOf(setup.parameters, 'spectrum_view', 'pixels_per_tube'))
    const width = pixels / groups
    const { count } = axis.bins
    const perArc = tubes * channels * groups
    const values = new Float64Array(arcs * perArc * count)
    for (let row = 0; row < arcs * tubes; row++)
      for (let column = 0; column < channels * pixels; column++) {
        const arc = Math.floor(row / tubes)
        const channel = Math.floor(column / pixels)
        const group = Math.floor((column % pixels) / width)
        const target = (arc * perArc + ((row % tubes) * channels + channel) * groups + group) * count
        const from = (row * channels * pixels + column) * count
        for (let bin = 0; bin < count; bin++)
          values[target + bin] = (values[target + bin] ?? 0) + (cube[from + bin] ?? 0)
      }
    return {
      signal: {
        dims: ['arc', 'detector_number', 'time_of_arrival'],
        shape: [arcs, perArc, count],
        unit: 'counts',
        values,
      },
      coords: { time_of_arrival: vector('time_of_arrival', axis.edges, wireUnit(axis.unit)) },
    }
  },
}
