import type { OutputSpec } from './workflow.ts'

export interface ViewFeatures {
  readonly ndim: number
  readonly hasRegions: boolean
  readonly hasSpectra: boolean
}

/** What a detector view gives; views of other than two dimensions say so in their titles. */
export function detectorViewOutputs({ ndim, hasRegions, hasSpectra }: ViewFeatures): readonly OutputSpec[] {
  const image = ndim === 2 ? ['Image', 'Image update'] : ['Image (cumulative)', 'Image (current)']
  return [
    spec('cumulative', 'cumulative', { title: image[0] ?? '', ndim, description: 'Counts since the start.' }),
    spec('current', 'window', { title: image[1] ?? '', ndim, description: 'Counts in the last window.' }),
    spec('counts_total', 'window', { title: 'Total (update)', description: 'Counts in the last window.' }),
    spec('counts_in_toa_range', 'window', {
      title: 'Total in range (update)',
      description: 'Counts in the range in the last window.',
    }),
    spec('counts_total_cumulative', 'cumulative', { title: 'Total', description: 'Counts since the start.' }),
    spec('counts_in_toa_range_cumulative', 'cumulative', {
      title: 'Total in range',
      description: 'Counts in the range since the start.',
    }),
    ...(hasRegions ? regionOutputs : []),
    ...(hasSpectra
      ? [
          spec('spectrum_view', 'cumulative', {
            title: 'Spectrum view',
            ndim: 3,
            description: 'Counts by arc and group of pixels over time of arrival, since the start.',
          }),
        ]
      : []),
  ]
}

const regionOutputs: readonly OutputSpec[] = [
  spec('roi_spectra_cumulative', 'cumulative', {
    title: 'ROI spectra',
    ndim: 2,
    description: 'Counts of each region over time of arrival, since the start.',
  }),
  spec('roi_spectra_current', 'window', {
    title: 'ROI spectra update',
    ndim: 2,
    description: 'Counts of each region over time of arrival, in the last window.',
  }),
  spec('roi_rectangle', 'readback', {
    title: 'ROI rectangles',
    ndim: 1,
    description: 'The rectangles in use.',
    unit: 'dimensionless',
  }),
  spec('roi_polygon', 'readback', {
    title: 'ROI polygons',
    ndim: 1,
    description: 'The polygons in use.',
    unit: 'dimensionless',
  }),
]

function spec(
  name: string,
  kind: OutputSpec['kind'],
  rest: Pick<OutputSpec, 'title' | 'description'> & Partial<Pick<OutputSpec, 'ndim' | 'unit'>>,
): OutputSpec {
  return { name, kind, ndim: 0, unit: 'counts', ...rest }
}
