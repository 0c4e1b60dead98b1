import { emptyReadback, regionsOf, type Region } from '../core/views/regions.ts'
import type { Screen } from '../core/views/screen.ts'
import { logicalScreen } from '../core/views/logical-screen.ts'
import type { RoiGeometry } from '../core/stream-message.ts'
import { scalar, vector, type DataArray } from '../data/data-array.ts'
import { wireUnit } from '../data/units.ts'
import { LiveDataError } from '../error.ts'
import { bytesPerCell, pixelHistogram } from '../event-histogram/pixel-histogram.ts'
import { placesSize } from '../event-histogram/pixel-places.ts'
import type {
  DetectorBank,
  DetectorViewEntry,
  GeometricView,
  Instrument,
  LogicalView,
} from '../instruments/instrument.ts'
import { detectorViewOutputs, type ViewFeatures } from './detector-view-outputs.ts'
import { flagOf, type ParameterModel } from './parameters.ts'
import { placedReduction } from './placed-reduction.ts'
import { spectrumView } from './spectrum-view.ts'
import { timeAxis, timeParameters, type TimeAxis } from './time-parameters.ts'
import type { JobSetup, Output, Reduction, Workflow } from './workflow.ts'

/**
 * Projects a bank by the places of its pixels; given by the service, which reads geometry files. `context` holds the values of
 * the motors that move the bank, by stream. Throws LIVEDATA_REFUSED.
 */
export type GeometricScreens = (
  view: GeometricView,
  bank: DetectorBank,
  context: ReadonlyMap<string, number>,
) => Screen

const weighting = {
  pixel_weighting: {
    title: 'Pixel weighting',
    description: 'Divide by the number of detector pixels in a screen pixel.',
    fields: {
      enabled: { type: 'boolean', title: 'Divide', default: false },
      method: { type: 'enum', title: 'Method', default: 'pixel_number', values: ['pixel_number'] },
    },
  },
} as const satisfies ParameterModel

/** Detector images: events on a screen of pixels and over time of arrival, with spectra of regions. */
export function detectorView(
  instrument: Instrument,
  entry: DetectorViewEntry,
  geometricScreens: GeometricScreens,
): Workflow {
  const features = (source: string): ViewFeatures => ({
    ndim:
      'kind' in entry.view && entry.view.kind === 'geometric' ? 2 : logicalOf(entry, source).screen.length,
    hasRegions: entry.roi,
    hasSpectra: entry.spectrumView === true,
  })
  return {
    service: 'detector_data',
    name: entry.name,
    version: 1,
    title: entry.title,
    description: entry.description,
    group: 'Detectors',
    sources: entry.sources,
    parameters: {
      ...timeParameters,
      ...weighting,
      ...(entry.spectrumView === true ? spectrumView.parameters : {}),
    },
    auxSources: {},
    contextStreams: (source) => entry.contextStreams?.[source] ?? [],
    outputs: (source) => detectorViewOutputs(features(source)),
    supportsReset: true,
    isDefault: !('kind' in entry.view && entry.view.kind === 'geometric'),
    create(setup) {
      const bank = instrument.detectors.find(({ stream }) => stream === setup.source)
      if (bank === undefined) throw noBank(setup.source)
      const { view } = entry
      const parts = { setup, features: features(setup.source) }
      if ('kind' in view && view.kind === 'geometric')
        return placedReduction(entry.contextStreams?.[setup.source] ?? [], (context) =>
          viewReduction(geometricScreens(view, bank, context), parts),
        )
      return viewReduction(logicalScreen(logicalOf(entry, setup.source), bank), parts)
    },
  }
}

function logicalOf(entry: DetectorViewEntry, source: string): LogicalView {
  const { view } = entry
  if ('kind' in view && view.kind === 'logical') return view as LogicalView
  const found = (view as Readonly<Record<string, LogicalView>>)[source]
  if (found === undefined) throw noBank(source)
  return found
}

function noBank(source: string): LiveDataError {
  return new LiveDataError({
    code: 'LIVEDATA_REFUSED',
    message: `${source} has no pixels in this view`,
    fault: 'caller',
    remedy: 'choose one of the sources of the workflow',
  })
}

function tableBytes(screen: Screen): number {
  return screen.tables.reduce((sum, places) => sum + placesSize(places), 0)
}

function tooLarge(wantedBytes: number, freeBytes: number): LiveDataError {
  const mib = (bytes: number): number => Math.ceil(bytes / 1_048_576)
  return new LiveDataError({
    code: 'LIVEDATA_REFUSED',
    message: `the histogram takes ${mib(wantedBytes)} MiB and ${mib(freeBytes)} MiB are free`,
    fault: 'caller',
    remedy: 'take fewer bins, stop another job, or raise memory_max_bytes',
  })
}

interface ViewSetup {
  readonly setup: JobSetup
  readonly features: ViewFeatures
}

function viewReduction(screen: Screen, { setup, features }: ViewSetup): Reduction {
  const axis = timeAxis(setup.parameters)
  const sizeBytes = screen.placeCount * (axis.bins.count * bytesPerCell + 16) + tableBytes(screen)
  if (sizeBytes > setup.maxBytes) throw tooLarge(sizeBytes, setup.maxBytes)
  const histogram = pixelHistogram({ placeCount: screen.placeCount, bins: axis.bins, tables: screen.tables })
  const weights = flagOf(setup.parameters, 'pixel_weighting', 'enabled') ? screen.weights() : null
  const titles = new Map(detectorViewOutputs(features).map(({ name, title }) => [name, title]))
  const image = new Float64Array(screen.placeCount)
  const requests = new Map<RoiGeometry['kind'], RoiGeometry>()
  let regions: readonly Region[] = []
  let inWindow = 0
  let sinceStart = 0
  let inRangeSinceStart = 0
  let replica = 0
  const titled = (name: string, array: Omit<DataArray, 'label'>): Output => ({
    name,
    array: { label: titles.get(name) ?? name, ...array },
  })
  const imageOf = (values: Float64Array): Omit<DataArray, 'label'> => ({
    signal: {
      dims: screen.dims,
      shape: screen.shape,
      unit: 'counts',
      values: weights === null ? values : values.map((value, place) => value / (weights[place] ?? 1)),
    },
    coords: screen.coords,
  })
  const number = (value: number): Omit<DataArray, 'label'> => ({
    signal: scalar(value, 'counts'),
    coords: {},
  })
  const spectra = (of: (places: Int32Array) => Float64Array) => regionSpectra(regions, { of, axis })
  const sinceStartOf = (places: Int32Array): Float64Array =>
    spectrumOver(places, { cube: histogram.cumulative(), count: axis.bins.count })
  const readback = (kind: RoiGeometry['kind']) => requests.get(kind)?.request ?? emptyReadback(kind, screen)
  return {
    sizeBytes,
    accept(message) {
      if (message.kind !== 'detector-events') return false
      inWindow += histogram.add(message, replica)
      return true
    },
    setRegions(geometry) {
      requests.set(geometry.kind, geometry)
      regions = [...requests.values()]
        .flatMap((each) => regionsOf(each, screen))
        .toSorted((a, b) => a.index - b.index)
    },
    finalize() {
      // The window's own spectra, before the fold clears it.
      const current = features.hasRegions ? spectra((places) => histogram.windowSpectrum(places)) : null
      const windowImage = Float64Array.from(histogram.fold(axis.range))
      let inRange = 0
      windowImage.forEach((count, place) => {
        inRange += count
        image[place] = (image[place] ?? 0) + count
      })
      sinceStart += inWindow
      inRangeSinceStart += inRange
      const total = inWindow
      inWindow = 0
      replica = (replica + 1) % screen.tables.length
      return [
        titled('cumulative', imageOf(image.slice())),
        titled('current', imageOf(windowImage)),
        titled('counts_total', number(total)),
        titled('counts_in_toa_range', number(inRange)),
        titled('counts_total_cumulative', number(sinceStart)),
        titled('counts_in_toa_range_cumulative', number(inRangeSinceStart)),
        ...(current === null
          ? []
          : [
              titled('roi_spectra_cumulative', spectra(sinceStartOf)),
              titled('roi_spectra_current', current),
              titled('roi_rectangle', readback('rectangles')),
              titled('roi_polygon', readback('polygons')),
            ]),
        ...(features.hasSpectra
          ? [titled('spectrum_view', spectrumView.of(histogram.cumulative(), { setup, axis }))]
          : []),
      ]
    },
    clear() {
      histogram.clear()
      image.fill(0)
      inWindow = 0
      sinceStart = 0
      inRangeSinceStart = 0
    },
  }
}

/** Counts of each region over time of arrival. */
function regionSpectra(
  regions: readonly Region[],
  { of, axis }: { readonly of: (places: Int32Array) => Float64Array; readonly axis: TimeAxis },
): Omit<DataArray, 'label'> {
  const { count } = axis.bins
  const values = new Float64Array(regions.length * count)
  regions.forEach(({ places }, row) => values.set(of(places), row * count))
  const indices = Int32Array.from(regions, ({ index }) => index)
  return {
    signal: {
      dims: ['roi', 'time_of_arrival'],
      shape: [regions.length, count],
      unit: 'counts',
      values,
    },
    coords: {
      roi: vector('roi', indices, 'dimensionless'),
      time_of_arrival: vector('time_of_arrival', axis.edges, wireUnit(axis.unit)),
    },
  }
}

function spectrumOver(
  places: Int32Array,
  { cube, count }: { readonly cube: ArrayLike<number>; readonly count: number },
): Float64Array {
  const spectrum = new Float64Array(count)
  for (const place of places)
    for (let bin = 0; bin < count; bin++)
      spectrum[bin] = (spectrum[bin] ?? 0) + (cube[place * count + bin] ?? 0)
  return spectrum
}
