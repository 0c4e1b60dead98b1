import type { ColourMapName } from '../../../plot/colour-maps.ts'
import type { HeatAspect } from '../../../plot/heat-drawing.ts'
import type { HeatGrid } from '../../../plot/heat-grid.ts'
import type { PlotFrame } from '../../../plot/plot-frame.ts'
import type { Range } from '../../../plot/plot-range.ts'
import type { PlotSettings } from './plot-params.ts'
import type { ShownOutput } from './shown-output.ts'
import type { SliceInfo } from './slices.ts'
import type { Trend } from './trend.ts'

/** What a chart is to show, as the page says it. */
export interface ChartPlan {
  /** As the layout names it; what the data cannot be becomes what fits. */
  readonly plotName: string
  readonly settings: PlotSettings
  /** Outputs over each other, the main one first. */
  readonly layers: readonly { readonly key: string; readonly label: string }[]
  /** Outputs that a correlation is against. */
  readonly axes: readonly { readonly key: string; readonly label: string }[]
  /** Slicer: chosen index of each dimension. */
  readonly slice: Readonly<Record<string, number>>
  /** Lines and rectangles without data that lie over it. */
  readonly overlays: readonly { readonly plotName: string; readonly places: readonly number[] }[]
}

/** What is known when a chart is made. */
export interface ChartData {
  output(key: string): ShownOutput | null
  trend(key: string): Trend | null
}

/** What is drawn. */
export type Chart = CurvesChart | PictureChart | BarsChart | { readonly kind: 'empty' }

export interface CurvesChart {
  readonly kind: 'curves'
  readonly frame: PlotFrame
  readonly xLabel: string
  readonly yLabel: string
  readonly isLogX: boolean
  readonly isLogY: boolean
  readonly isTime: boolean
  readonly levels: readonly number[]
}

export interface PictureChart {
  readonly kind: 'picture'
  readonly grid: HeatGrid
  readonly xLabel: string
  readonly yLabel: string
  readonly zUnit: string
  readonly map: ColourMapName
  readonly isLog: boolean
  readonly low: number | null
  readonly high: number | null
  readonly aspect: HeatAspect
  readonly overlays: ChartPlan['overlays']
  /** Of more dimensions: the slice that is shown. */
  readonly slice: SliceInfo | null
  /** Range of the colours that all slices share; null: of this picture. */
  readonly shared: Range | null
}

export interface BarsChart {
  readonly kind: 'bars'
  readonly bars: readonly { readonly label: string; readonly value: number }[]
  readonly unit: string
  readonly isHorizontal: boolean
  readonly isLog: boolean
}
