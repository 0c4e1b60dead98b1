import type { LiveLayer } from '@beamtime/http-gateway/ui-types'
import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import type { Layer } from './layer-feed.tsx'
import type { OutputSummary } from './plots/shown-output.ts'
import type { OutputState } from './use-output.ts'

export interface OutputPlotProps {
  readonly instrument: string
  readonly outputKey: string
  readonly store: StoreApi<OutputState>
  /** What lies over each other in a plot of curves, this output first. */
  readonly stores: readonly Layer[]
  readonly isLog: boolean
  readonly regions: RegionsOfJob | null
  readonly scale: CellScale
  /** The first layer of the layout's cell, with its plot and settings; null in the overview. */
  readonly layer: LiveLayer | null
  /** Layers without data that lie over the plot: lines and rectangles. */
  readonly overlays: readonly LiveLayer[]
}

/** Which ranges follow the data; one that does not keeps what it showed. */
export interface CellScale {
  readonly x: boolean
  readonly y: boolean
  readonly colour: boolean
  /** Grows when everything is to be seen once more. */
  readonly fit: number
}

export const followAll: CellScale = { x: true, y: true, colour: true, fit: 0 }

/** The job whose regions a picture shows and, while drawing, changes. */
export interface RegionsOfJob {
  readonly jobNumber: string
  readonly source: string
  readonly isDrawing: boolean
}

type Kind = 'none' | 'no-regions' | 'number' | 'curve' | 'picture'

/** Spectra of regions have two dimensions and are curves, one per region. */
export function kindOf(output: Pick<OutputSummary, 'shape' | 'axes'> | null): Kind {
  if (output === null) return 'none'
  const { shape, axes } = output
  if (shape.length === 0 || axes[0] === 'time') return 'number'
  if (shape.length === 2 && axes[0] === 'roi') return shape[0] === 0 ? 'no-regions' : 'curve'
  return shape.length === 1 ? 'curve' : 'picture'
}

export function useUnit(store: StoreApi<OutputState>): string {
  return useStore(store, ({ output }) => output?.unit ?? '')
}
