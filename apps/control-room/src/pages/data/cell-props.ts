import type { LiveLayer } from '@beamtime/http-gateway/ui-types'
import type { StoreApi } from 'zustand/vanilla'
import { t } from '../../text/text.ts'
import type { CellHealth } from './cell-age.tsx'
import type { Direction } from './cell-place.ts'
import type { Layer } from './layer-feed.tsx'
import type { CellScale } from './output-kind.ts'
import type { OverlayType } from './plots/plot-types.ts'
import type { OutputState } from './use-output.ts'

/** What a cell asks of its grid; the same object as long as the grid is open. */
export interface CellActions {
  readonly full: (index: number | null) => void
  readonly rename: (index: number) => void
  readonly settings: (index: number) => void
  readonly addLayer: (index: number) => void
  readonly removeLayer: (index: number, layer: number) => void
  /** Lines or rectangles over the plot. */
  readonly addOverlay: (index: number, type: OverlayType) => void
  readonly removeOverlay: (index: number, layer: LiveLayer) => void
  readonly move: (index: number, direction: Direction) => void
  readonly remove: (index: number) => void
}

export interface OutputCellProps {
  readonly instrument: string
  /** `workflow/source/output` */
  readonly outputKey: string
  /** Further layers as text, so that a cell is drawn anew only when they change: `source\nkey`, with empty lines between. */
  readonly more: string
  readonly title: string
  readonly source: string
  readonly sub: string
  readonly isFrozen: boolean
  readonly health: CellHealth
  readonly problem: string
  /** Number of the job whose regions are drawn here; null where there are none. */
  readonly regionsOf: string | null
  readonly index: number
  /** Of the layout's cell; null in the overview. */
  readonly layers: readonly LiveLayer[] | null
  readonly isFull: boolean
  readonly isWall: boolean
  readonly actions: CellActions
}

export interface CellHeadProps extends OutputCellProps {
  readonly store: StoreApi<OutputState>
  readonly stores: readonly Layer[]
  readonly isLog: boolean
  readonly onLog: (on: boolean) => void
  readonly isDrawing: boolean
  readonly onDrawing: (on: boolean) => void
  readonly scale: CellScale
  readonly onScale: (scale: CellScale) => void
  readonly onTable: () => void
  readonly onPicture: () => void
}

interface Follow {
  readonly axis: 'x' | 'y' | 'colour'
  readonly label: string
  readonly hint: string
}

/** The ranges that a plot of so many dimensions has: a picture keeps its axes. */
export function followsOf(ndim: number): readonly Follow[] {
  if (ndim > 1) return [{ axis: 'colour', label: 'c', hint: t.grids.followColour }]
  return [
    { axis: 'x', label: 'x', hint: t.grids.followX },
    { axis: 'y', label: 'y', hint: t.grids.followY },
  ]
}
