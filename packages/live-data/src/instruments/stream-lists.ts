import type { LogicalView, Layout, MonitorStream, NicosDevice } from './instrument.ts'

/** Monitors in the order of `cbm1`, `cbm2`, … */
export function beamMonitors(streams: readonly string[]): readonly MonitorStream[] {
  return streams.map((stream, index) => ({ stream, source: `cbm${index + 1}` }))
}

export function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`)
}

/** A view whose screen has the dimensions of the layout. */
export function plainView(layout: Layout): LogicalView {
  return { kind: 'logical', fold: layout, screen: layout.map(([dim]) => [dim, [dim]]) }
}

/** Two dimensions binned down to `size` each by summing neighbours. */
export function downsampledView(
  dims: readonly [string, string],
  lengths: { readonly from: number; readonly to: number },
): LogicalView {
  const step = lengths.from / lengths.to
  return {
    kind: 'logical',
    fold: [
      [dims[0], lengths.to],
      ['fold_0', step],
      [dims[1], lengths.to],
      ['fold_1', step],
    ],
    screen: [
      [dims[0], [dims[0]]],
      [dims[1], [dims[1]]],
    ],
  }
}

/** Monitors and one view per bank as counters for NICOS, named `<source>_counts_total`. */
export function countingDevices(
  monitors: readonly string[],
  views: readonly (readonly [workflow: string, sources: readonly string[]])[],
): readonly NicosDevice[] {
  const device = (workflow: string, source: string): NicosDevice => ({
    deviceName: `${source}_counts_total`,
    workflow,
    source,
    output: 'counts_total_cumulative',
  })
  return [
    ...monitors.map((source) => device('monitor_histogram', source)),
    ...views.flatMap(([workflow, sources]) => sources.map((source) => device(workflow, source))),
  ]
}
