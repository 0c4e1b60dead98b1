import type {
  LiveCell,
  LiveChannelState,
  LiveGrid,
  LiveLayer,
  LiveOutputInfo,
  LiveWorkflow,
} from '@beamtime/http-gateway/ui-types'
import { freePlace, type Place } from './cell-place.ts'
import { axesOf, plotTypesFor, type PlotType } from './plots/plot-types.ts'

/** One output of one source, or of several that lie over each other. */
export interface OutputChoice {
  readonly workflow: LiveWorkflow
  readonly sources: readonly string[]
  readonly output: LiveOutputInfo
}

/** Where a plot goes: a place of the layout, a further layer of a cell, or the first free place. */
export type PlotTarget =
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'layer'; readonly index: number }
  | { readonly kind: 'free' }

const mostLayers = 6

/** Outputs that can be shown; over a cell only curves lie, so they are curves too. */
export function choicesFor(state: LiveChannelState, target: PlotTarget): readonly OutputChoice[] {
  return state.workflows.flatMap((workflow) =>
    workflow.sources.flatMap((source) =>
      workflow.outputs
        .filter(({ ndim, kind }) => kind !== 'readback' && (target.kind !== 'layer' || ndim === 1))
        .map((output) => ({ workflow, sources: [source], output })),
    ),
  )
}

/** What a whole output of a workflow shows: curves of the sources that run over each other, else the first source. */
export function choiceOf(
  state: LiveChannelState,
  workflow: LiveWorkflow,
  output: LiveOutputInfo,
): OutputChoice {
  const running = workflow.sources.filter((source) =>
    state.jobs.some(
      (job) => job.workflow === workflow.id && job.source === source && job.state !== 'stopped',
    ),
  )
  const sources = running.length === 0 ? workflow.sources : running
  return { workflow, output, sources: sources.slice(0, output.ndim === 1 ? mostLayers : 1) }
}

export interface NewPlot extends OutputChoice {
  readonly type?: PlotType
  /** Further outputs by role, for correlations. */
  readonly axes?: Readonly<Partial<Record<'x_axis' | 'y_axis', OutputChoice>>>
}

/** The layout with one more plot. */
export function withPlot(grid: LiveGrid, target: PlotTarget, plot: NewPlot): LiveGrid {
  const layer = layerOf(plot)
  if (target.kind === 'layer') {
    const cell = grid.cells[target.index]
    return cell === undefined
      ? grid
      : { ...grid, cells: grid.cells.with(target.index, { ...cell, layers: [...cell.layers, layer] }) }
  }
  const geometry = target.kind === 'place' ? target.place : { ...freePlace(grid), row_span: 1, col_span: 1 }
  const cell: LiveCell = { geometry, layers: [layer] }
  return {
    ...grid,
    nrows: Math.max(grid.nrows, geometry.row + geometry.row_span),
    cells: [...grid.cells, cell],
  }
}

/** False when a layout of six rows has no place left. */
export function hasRoom(grid: LiveGrid): boolean {
  return freePlace(grid).row < 6
}

function layerOf({ type, axes = {}, ...primary }: NewPlot): LiveLayer {
  const plot = type ?? plotTypesFor(primary.output)[0] ?? 'table'
  const roles = axesOf(plot).flatMap((role) => {
    const choice = axes[role]
    return choice === undefined ? [] : [[role, sourceOf(choice)] as const]
  })
  return {
    data_sources: { primary: sourceOf(primary), ...Object.fromEntries(roles) },
    plot_name: plot,
    params: {},
  }
}

function sourceOf({ workflow, sources, output }: OutputChoice): LiveLayer['data_sources'][string] {
  return { workflow_id: workflow.id, source_names: sources, view_name: output.name }
}
