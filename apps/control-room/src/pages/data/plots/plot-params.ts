import type { LiveLayer } from '@beamtime/http-gateway/ui-types'
import { colourMapNames, type ColourMapName } from '../../../plot/colour-maps.ts'

/** How a plot looks. Layouts hold it in `params`, in groups as upstream's dashboard does; what is not known there stays. */
export interface PlotSettings {
  readonly curve: 'line' | 'points' | 'steps'
  readonly errors: 'auto' | 'bars' | 'band' | 'none'
  readonly xScale: 'linear' | 'log'
  readonly yScale: 'linear' | 'log'
  readonly colourScale: 'linear' | 'log'
  readonly colourMap: ColourMapName
  /** Limits of the colours; null follows the data. */
  readonly low: number | null
  readonly high: number | null
  readonly aspect: 'free' | 'square' | 'equal'
  /** Counts per second. */
  readonly isRate: boolean
  /** Since the job began, or the newest window with some seconds before it. */
  readonly window: 'as_stored' | 'since_start' | 'window'
  /** 0..60 */
  readonly windowSeconds: number
  readonly aggregation: 'auto' | 'nansum' | 'nanmean' | 'sum' | 'mean'
  readonly sliceMode: 'slice' | 'flatten'
  /** Dimension that is sliced or flattened; '' is the first. */
  readonly dimension: string
  /** flatten: dimensions that make up the x axis, with commas; the others make up y. */
  readonly xDimensions: string
  readonly isReversed: boolean
  readonly isTransposed: boolean
  /** Of correlations, 1..5000. */
  readonly xBins: number
  readonly yBins: number
  /** Correlations: values by the time between them, and their mean in each bin. */
  readonly isPerTime: boolean
  readonly isHorizontal: boolean
  readonly notation: 'auto' | 'scientific' | 'decimal' | 'compact'
  /** -9..10; null is as many as the value needs. */
  readonly precision: number | null
  /** What overlays without data draw: places of lines, or `x0 y0 x1 y1` of rectangles. */
  readonly places: readonly number[]
}

type Key = keyof PlotSettings

interface Rule<K extends Key> {
  /** Group and field in `params`. */
  readonly at: readonly [group: string, field: string]
  readonly usual: PlotSettings[K]
  /** The value when it can be, else undefined. */
  readonly read: (value: unknown) => PlotSettings[K] | undefined
}

function oneOf<T extends string>(choices: readonly T[]): (value: unknown) => T | undefined {
  return (value) => choices.find((choice) => choice === value)
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 400) : undefined
}

function between(lo: number, hi: number): (value: unknown) => number | undefined {
  return (value) =>
    typeof value === 'number' && Number.isFinite(value) ? Math.min(hi, Math.max(lo, value)) : undefined
}

function wholeBetween(lo: number, hi: number): (value: unknown) => number | undefined {
  return (value) => {
    const found = between(lo, hi)(value)
    return found === undefined ? undefined : Math.round(found)
  }
}

function orNull(read: (value: unknown) => number | undefined): (value: unknown) => number | null | undefined {
  return (value) => (value === null ? null : read(value))
}

const scale = oneOf(['linear', 'log'])
const anyNumber = between(-1e300, 1e300)
const mostPlaces = 400

const rules: { readonly [K in Key]: Rule<K> } = {
  curve: { at: ['curve', 'mode'], usual: 'line', read: oneOf(['line', 'points', 'steps']) },
  errors: { at: ['curve', 'errors'], usual: 'auto', read: oneOf(['auto', 'bars', 'band', 'none']) },
  xScale: { at: ['plot_scale', 'x_scale'], usual: 'linear', read: scale },
  yScale: { at: ['plot_scale', 'y_scale'], usual: 'linear', read: scale },
  colourScale: { at: ['plot_scale', 'color_scale'], usual: 'linear', read: scale },
  colourMap: { at: ['color', 'map'], usual: 'viridis', read: oneOf(colourMapNames) },
  low: { at: ['color', 'low'], usual: null, read: orNull(anyNumber) },
  high: { at: ['color', 'high'], usual: null, read: orNull(anyNumber) },
  aspect: { at: ['plot_aspect', 'aspect_type'], usual: 'free', read: oneOf(['free', 'square', 'equal']) },
  isRate: { at: ['rate', 'normalize_to_rate'], usual: false, read: flag },
  window: {
    at: ['window', 'mode'],
    usual: 'as_stored',
    read: oneOf(['as_stored', 'since_start', 'window']),
  },
  windowSeconds: { at: ['window', 'window_duration_seconds'], usual: 0, read: between(0, 60) },
  aggregation: {
    at: ['window', 'aggregation'],
    usual: 'auto',
    read: oneOf(['auto', 'nansum', 'nanmean', 'sum', 'mean']),
  },
  sliceMode: { at: ['slicer', 'mode'], usual: 'slice', read: oneOf(['slice', 'flatten']) },
  dimension: { at: ['slicer', 'dimension'], usual: '', read: text },
  xDimensions: { at: ['flatten', 'x_dims'], usual: '', read: text },
  isReversed: { at: ['flatten', 'reversed'], usual: false, read: flag },
  isTransposed: { at: ['flatten', 'transpose'], usual: false, read: flag },
  xBins: { at: ['bins', 'x'], usual: 0, read: wholeBetween(0, 5_000) },
  yBins: { at: ['bins', 'y'], usual: 0, read: wholeBetween(0, 5_000) },
  isPerTime: { at: ['bins', 'per_time'], usual: false, read: flag },
  isHorizontal: { at: ['bars', 'horizontal'], usual: false, read: flag },
  notation: {
    at: ['table', 'notation'],
    usual: 'auto',
    read: oneOf(['auto', 'scientific', 'decimal', 'compact']),
  },
  precision: { at: ['table', 'precision'], usual: null, read: orNull(wholeBetween(-9, 10)) },
  places: { at: ['overlay', 'places'], usual: [], read: numbers },
}

function numbers(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.filter((one): one is number => Number.isFinite(one)).slice(0, mostPlaces)
}

function groupOf(params: LiveLayer['params'], name: string): Readonly<Record<string, unknown>> {
  const group = params[name]
  return typeof group === 'object' && group !== null ? (group as Record<string, unknown>) : {}
}

/** The settings of a layer; what is missing or cannot be is as usual. Without a layer all is as usual. */
export function settingsOf(layer: Pick<LiveLayer, 'params'> | null): PlotSettings {
  const params = layer?.params ?? {}
  const found = Object.entries(rules).map(([key, { at, usual, read }]) => [
    key,
    read(groupOf(params, at[0])[at[1]]) ?? usual,
  ])
  return Object.fromEntries(found) as PlotSettings
}

/** The layer with one setting changed. */
export function withSetting<K extends Key>(layer: LiveLayer, key: K, value: PlotSettings[K]): LiveLayer {
  const [group, field] = rules[key].at
  return {
    ...layer,
    params: { ...layer.params, [group]: { ...groupOf(layer.params, group), [field]: value } },
  }
}

/** Bins of a correlation: 100, or 20 by 20, where the layout says nothing. */
export function binsOf(settings: PlotSettings, isTwoDimensional: boolean): readonly [x: number, y: number] {
  const usual = isTwoDimensional ? 20 : 100
  return [settings.xBins === 0 ? usual : settings.xBins, settings.yBins === 0 ? usual : settings.yBins]
}
