import type { LiveLayer, LiveOutputInfo, LiveWorkflow } from '@beamtime/http-gateway/ui-types'
import { settingsOf } from './plots/plot-params.ts'

export const combinations = ['auto', 'nansum', 'nanmean', 'sum', 'mean'] as const
export type Combination = (typeof combinations)[number]

/** Of which time a plot shows the data: as the layout says, since the job began, or the last seconds. */
export type ShownTime =
  | { readonly kind: 'as-set' }
  | { readonly kind: 'start' }
  | { readonly kind: 'last'; readonly seconds: number; readonly combine: Combination }

/** Views of layouts, and the output that each means since the start and in the last window. */
const views: Readonly<Record<string, readonly [since: string, window: string]>> = {
  image: ['cumulative', 'current'],
  histogram: ['cumulative', 'current'],
  total_counts: ['counts_total_cumulative', 'counts_total'],
  total_in_range: ['counts_in_toa_range_cumulative', 'counts_in_toa_range'],
  roi_spectra: ['roi_spectra_cumulative', 'roi_spectra_current'],
}

/** What a layer shows of a view when its time is `time`, as the end of an output's key; without a window just the output. */
export function outputOfView(
  workflow: LiveWorkflow,
  view: string,
  time: ShownTime,
): { readonly output: string; readonly suffix: string } {
  const find = (name: string | undefined): LiveOutputInfo | undefined =>
    workflow.outputs.find((output) => output.name === name)
  const own = find(view)
  const [since, window] = pairOf(view)
  const stored = own ?? find(since) ?? find(window)
  const output = stored?.name ?? view
  if (time.kind === 'as-set') return { output, suffix: '' }
  if (time.kind === 'start') return { output: find(since)?.name ?? output, suffix: '' }
  const updates = find(window)
  if (updates?.kind !== 'window') return { output, suffix: '' }
  return { output: updates.name, suffix: `@${time.seconds},${time.combine}` }
}

/** Both outputs of a view, or of an output that has a partner. */
function pairOf(view: string): readonly [since: string, window: string] {
  const known = views[view] ?? Object.values(views).find((pair) => pair.includes(view))
  if (known !== undefined) return known
  return view.endsWith('_cumulative')
    ? [view, view.slice(0, -'_cumulative'.length)]
    : [`${view}_cumulative`, view]
}

/** The time that a layer is shown at: that of the page; a number keeps its own, since it is drawn over an hour. */
export function timeOfLayer(
  layer: Pick<LiveLayer, 'params'> | null,
  page: ShownTime,
  ndim: number,
): ShownTime {
  if (page.kind !== 'as-set' && ndim > 0) return page
  const { window, windowSeconds, aggregation } = settingsOf(layer)
  if (window === 'as_stored') return { kind: 'as-set' }
  if (window === 'since_start') return { kind: 'start' }
  return { kind: 'last', seconds: Math.round(windowSeconds), combine: aggregation }
}

/** The key of an output without what it says of a window. */
export function plainKey(key: string): string {
  return key.replace(/@\d+,\w+$/, '')
}

/** From the address of the page. */
export function timeOfSearch(time: string | number | undefined, combine: string | undefined): ShownTime {
  if (time === 'start') return { kind: 'start' }
  if (typeof time !== 'number') return { kind: 'as-set' }
  return { kind: 'last', seconds: time, combine: combinations.find((one) => one === combine) ?? 'auto' }
}
