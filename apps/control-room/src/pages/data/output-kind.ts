import type { LiveLayer } from '@beamtime/http-gateway/ui-types'
import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import type { Layer } from './layer-feed.tsx'
import type { OutputState, ShownOutput } from './use-output.ts'

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
export function kindOf(output: ShownOutput | null): Kind {
  if (output === null) return 'none'
  const { shape, axes } = output
  if (shape.length === 0 || axes[0] === 'time') return 'number'
  if (shape.length === 2 && axes[0] === 'roi') return shape[0] === 0 ? 'no-regions' : 'curve'
  return shape.length === 1 ? 'curve' : 'picture'
}

function axisLabel(output: ShownOutput | null, axis: string): string {
  const unit = output?.coords.get(axis)?.unit ?? ''
  const name = axis.replaceAll('_', ' ')
  return unit === '' || unit === 'dimensionless' ? name : `${name} (${unit})`
}

export function useAxis(store: StoreApi<OutputState>, index: number): string {
  return useStore(store, ({ output }) => axisLabel(output, output?.axes.at(index) ?? ''))
}

export function useUnit(store: StoreApi<OutputState>): string {
  return useStore(store, ({ output }) => output?.unit ?? '')
}
