import type { Range } from '../../../plot/plot-range.ts'
import type { Palette } from '../../../theme/tokens.ts'
import type { CellScale } from '../output-kind.ts'
import type { ChartPlan } from './chart.ts'
import type { OutputSummary, ShownOutput } from './shown-output.ts'
import type { SliceInfo } from './slices.ts'

export interface ChartSize {
  readonly width: number
  readonly height: number
  readonly ratio: number
}

/** A place on a chart, px from its left upper corner. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** What the page tells the stage, which has the data and the canvases. */
export type ToStage =
  | { readonly kind: 'look'; readonly palette: Palette; readonly zone: string }
  | { readonly kind: 'follow'; readonly instrument: string; readonly key: string; readonly maxRate: number }
  | { readonly kind: 'unfollow'; readonly key: string }
  /** Also tells the arrays of an output, when they change. */
  | { readonly kind: 'whole'; readonly key: string; readonly isWanted: boolean }
  | {
      readonly kind: 'history'
      readonly key: string
      readonly times: Float64Array
      readonly values: Float64Array
    }
  | {
      readonly kind: 'open'
      readonly chart: number
      readonly canvas: OffscreenCanvas | HTMLCanvasElement
      readonly size: ChartSize
      readonly plan: ChartPlan
      readonly scale: CellScale
    }
  | { readonly kind: 'plan'; readonly chart: number; readonly plan: ChartPlan; readonly scale: CellScale }
  | { readonly kind: 'size'; readonly chart: number; readonly size: ChartSize }
  | { readonly kind: 'close'; readonly chart: number }
  /** Null: the pointer has left. */
  | { readonly kind: 'pointer'; readonly chart: number; readonly at: Point | null }
  /** Shows what lies between two places; null: everything. */
  | { readonly kind: 'zoom'; readonly chart: number; readonly box: readonly [Point, Point] | null }
  | { readonly kind: 'link'; readonly isLinked: boolean }
  | { readonly kind: 'table'; readonly chart: number; readonly request: number }

/** What the stage tells the page. */
export type FromStage =
  | {
      readonly kind: 'beat'
      readonly outputs: readonly {
        readonly key: string
        readonly summary: OutputSummary
        readonly receivedMs: number
      }[]
      readonly charts: readonly ChartReport[]
    }
  | { readonly kind: 'whole'; readonly key: string; readonly output: ShownOutput }
  /** Cursors of all charts that show one, in place of those before. */
  | { readonly kind: 'cursors'; readonly cursors: readonly ChartCursor[] }
  | { readonly kind: 'table'; readonly request: number; readonly table: ChartTable }

/** How a chart was drawn, for what lies over it and for those who cannot see it. */
export interface ChartReport {
  readonly chart: number
  readonly kind: 'empty' | 'curves' | 'picture' | 'bars'
  readonly frame: {
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
  }
  /** Values at the edges of the frame. */
  readonly x: Range
  readonly y: Range
  readonly xLabel: string
  readonly yLabel: string
  /** Points or cells. */
  readonly n: number
  readonly last: number | null
  readonly range: Range | null
  readonly isZoomed: boolean
  /** Of more than two dimensions: which slice is shown. */
  readonly slice: SliceInfo | null
}

export interface ChartCursor {
  readonly chart: number
  /** px; null where only the other direction is known. */
  readonly left: number | null
  readonly top: number | null
  readonly text: string
}

/** What a chart shows as rows, at most 5 000. */
export interface ChartTable {
  readonly heads: readonly string[]
  readonly rows: readonly (readonly (number | string)[])[]
  /** Rows that were left out. */
  readonly left: number
}
