import type { LiveOutputInfo } from '@beamtime/http-gateway/ui-types'

/** Plots of one output or of several, by the names that layouts use. */
export const plotTypes = [
  'image',
  'lines',
  'overlay_1d',
  'timeseries',
  'bars',
  'table',
  'slicer',
  'flatten',
  'correlation_histogram_1d',
  'correlation_histogram_2d',
] as const
export type PlotType = (typeof plotTypes)[number]

/** Lines and rectangles that lie over a plot and have no data. */
export const overlayTypes = ['vlines', 'hlines', 'rectangles'] as const
export type OverlayType = (typeof overlayTypes)[number]

const ofNumbers: readonly PlotType[] = [
  'timeseries',
  'bars',
  'table',
  'correlation_histogram_1d',
  'correlation_histogram_2d',
]

/** What an output can be shown as, the usual plot first. Regions that are read back are drawn over pictures instead. */
export function plotTypesFor(output: Pick<LiveOutputInfo, 'kind' | 'ndim' | 'name'>): readonly PlotType[] {
  if (output.kind === 'readback') return []
  if (output.kind === 'series' || output.ndim === 0) return ofNumbers
  switch (output.ndim) {
    case 1:
      return ['lines']
    case 2:
      return output.name.startsWith('roi_spectra') ? ['overlay_1d', 'image'] : ['image', 'overlay_1d']
    case 3:
      return ['slicer', 'flatten']
    case 4:
    case 5:
    case 6:
      return ['flatten']
    default:
      return []
  }
}

/** Outputs that a plot needs besides its own, by their roles in the layout. */
export function axesOf(type: PlotType): readonly ('x_axis' | 'y_axis')[] {
  if (type === 'correlation_histogram_1d') return ['x_axis']
  return type === 'correlation_histogram_2d' ? ['x_axis', 'y_axis'] : []
}

/** The plot of a layer when its output has `shape`: what the layout names if that can be, else what fits. */
export function plotTypeFor(name: string, shape: readonly number[], axes: readonly string[]): PlotType {
  const isSeries = axes[0] === 'time' && shape.length <= 1
  const possible = plotTypesFor({
    kind: isSeries ? 'series' : 'window',
    ndim: shape.length,
    name: axes[0] === 'roi' ? 'roi_spectra' : '',
  })
  return possible.find((type) => type === name) ?? possible[0] ?? 'table'
}
