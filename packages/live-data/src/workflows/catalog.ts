import type { Instrument, ReductionEntry } from '../instruments/instrument.ts'
import { areaView } from './area-view.ts'
import { detectorRatemeter } from './detector-ratemeter.ts'
import { detectorView, type GeometricScreens } from './detector-view.ts'
import { monitorCountsPerPixel } from './monitor-counts-per-pixel.ts'
import { monitorHistogram } from './monitor-histogram.ts'
import { timeseriesData } from './timeseries-data.ts'
import { totalCounts } from './total-counts.ts'
import type { Workflow } from './workflow.ts'

/** Workflows that an instrument names in `reductions`, by that name. A new one is a file and a line here. */
const reductions = {
  total_counts: (_: Instrument, entry: ReductionEntry) => totalCounts(entry),
  detector_ratemeter: detectorRatemeter,
  monitor_counts_per_pixel: monitorCountsPerPixel,
} as const satisfies Record<
  ReductionEntry['workflow'],
  (instrument: Instrument, entry: ReductionEntry) => Workflow
>

/** All workflows of an instrument, in the order in which people see them. */
export function workflowsOf(instrument: Instrument, geometricScreens: GeometricScreens): readonly Workflow[] {
  const hasLogs = instrument.logs.length + instrument.devices.length > 0
  return [
    ...instrument.reductions.map((entry) => reductions[entry.workflow](instrument, entry)),
    monitorHistogram(instrument),
    ...instrument.detectorViews.map((entry) => detectorView(instrument, entry, geometricScreens)),
    ...instrument.areaViews.map(areaView),
    ...(hasLogs ? [timeseriesData(instrument)] : []),
  ]
}
