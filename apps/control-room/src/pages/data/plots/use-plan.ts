import { useMemo } from 'react'
import type { OutputPlotProps } from '../output-kind.ts'
import type { ChartPlan } from './chart.ts'
import { settingsOf } from './plot-params.ts'

const noSlice: ChartPlan['slice'] = {}

/** What the chart of a cell is to show; the same object as long as nothing changes. */
export function usePlan({
  stores,
  layer,
  isLog,
  overlays,
  slice = noSlice,
}: Pick<OutputPlotProps, 'stores' | 'layer' | 'isLog' | 'overlays'> & {
  readonly slice?: ChartPlan['slice']
}): ChartPlan {
  return useMemo(() => {
    const settings = settingsOf(layer)
    return {
      plotName: layer?.plot_name ?? '',
      settings: isLog ? { ...settings, yScale: 'log', colourScale: 'log' } : settings,
      layers: stores.map(({ key, source }) => ({ key, label: source })),
      axes: ['x_axis', 'y_axis'].flatMap((role) => {
        const from = layer?.data_sources[role]
        if (from === undefined) return []
        const label = from.source_names[0] ?? ''
        return [{ key: `${from.workflow_id}/${label}/${from.view_name}`, label }]
      }),
      slice,
      overlays: overlays.map((one) => ({ plotName: one.plot_name, places: settingsOf(one).places })),
    }
  }, [stores, layer, isLog, overlays, slice])
}
