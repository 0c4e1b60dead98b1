import type { LiveCell, LiveChannelState, LiveGrid, LiveWorkflow } from '@beamtime/http-gateway/ui-types'
import { t } from '../../text/text.ts'

/** One output in a cell; several lie over each other. */
export interface ShownLayer {
  /** `workflow/source/output` */
  readonly key: string
  readonly source: string
}

/** What one cell shows. */
export interface ShownCell extends ShownLayer {
  readonly title: string
  readonly sub: string
  readonly workflow: string
  /** Further layers, of the same number of dimensions. */
  readonly more: readonly ShownLayer[]
}

export interface PlacedCell extends ShownCell {
  /** Which cell of the layout it is. */
  readonly index: number
  readonly geometry: LiveCell['geometry']
}

const mostCells = 9

/** Where nobody made a layout: pictures and curves of all that runs, the newest picture first. */
export function overviewCells(state: LiveChannelState): readonly ShownCell[] {
  const cells = state.generations.flatMap(({ workflow: id }) => {
    const workflow = state.workflows.find((one) => one.id === id)
    const sources = [
      ...new Set(
        state.jobs
          .filter((job) => job.workflow === id && job.state !== 'stopped')
          .map(({ source }) => source),
      ),
    ]
    const output = workflow === undefined ? undefined : mainOutput(workflow)
    if (workflow === undefined || output === undefined) return []
    return sources
      .map((source) => ({ ...cellOf(workflow, source, output.name), ndim: output.ndim }))
      .filter(({ key }) => state.outputKeys.includes(key))
  })
  return cells.toSorted((a, b) => rank(a.ndim) - rank(b.ndim)).slice(0, mostCells)
}

function rank(ndim: number): number {
  return ndim === 2 ? 0 : ndim === 1 ? 1 : 2
}

/** The output that a person wants to see first. */
function mainOutput(workflow: LiveWorkflow): LiveWorkflow['outputs'][number] | undefined {
  const shown = workflow.outputs.filter(({ kind }) => kind !== 'readback')
  return (
    shown.find(({ kind, ndim }) => kind === 'cumulative' && ndim === 2) ??
    shown.find(({ kind, ndim }) => kind === 'cumulative' && ndim === 1) ??
    shown.find(({ kind }) => kind === 'series') ??
    shown[0]
  )
}

export function cellOf(workflow: LiveWorkflow, source: string, output: string): ShownCell {
  const info = workflow.outputs.find(({ name }) => name === output)
  return {
    key: `${workflow.id}/${source}/${output}`,
    source,
    title: source,
    sub: [workflow.title, info?.title, info === undefined ? '' : t.data[info.kind]]
      .filter(Boolean)
      .join(' · '),
    workflow: workflow.id,
    more: [],
  }
}

/** Cells of a layout that a person made. */
export function gridCells(grid: LiveGrid, state: LiveChannelState): readonly PlacedCell[] {
  return grid.cells.flatMap((cell, index) => {
    const layers = cell.layers.flatMap(({ data_sources: { primary } }) =>
      (primary?.source_names ?? []).map((source) => ({
        source,
        workflow: primary?.workflow_id ?? '',
        output: primary?.view_name ?? '',
      })),
    )
    const [first, ...more] = layers
    const workflow = state.workflows.find(({ id }) => id === first?.workflow)
    if (first === undefined || workflow === undefined) return []
    const shown = cellOf(workflow, first.source, first.output)
    return [
      {
        ...shown,
        title: cell.user_title ?? [...new Set(layers.map(({ source }) => source))].join(', '),
        more: more.map((layer) => ({
          key: `${layer.workflow}/${layer.source}/${layer.output}`,
          source: layer.source,
        })),
        index,
        geometry: cell.geometry,
      },
    ]
  })
}
