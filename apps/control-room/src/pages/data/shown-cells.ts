import type { LiveCell, LiveChannelState, LiveGrid, LiveWorkflow } from '@beamtime/http-gateway/ui-types'
import { t } from '../../text/text.ts'
import { outputOfView, timeOfLayer, type ShownTime } from './output-time.ts'

/** One output in a cell; several lie over each other. */
export interface ShownLayer {
  /** `workflow/source/output`, with `@seconds,combination` when it is one over the last seconds. */
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
export function overviewCells(state: LiveChannelState, time: ShownTime): readonly ShownCell[] {
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
      .filter((source) => state.outputKeys.includes(`${workflow.id}/${source}/${output.name}`))
      .map((source) => {
        const shown = timeOfLayer(null, time, output.ndim)
        return { ...cellOf(workflow, { source, view: output.name }, shown), ndim: output.ndim }
      })
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

interface Layer {
  readonly source: string
  /** As layouts say it. */
  readonly view: string
}

export function cellOf(workflow: LiveWorkflow, { source, view }: Layer, time: ShownTime): ShownCell {
  const { output, suffix } = outputOfView(workflow, view, time)
  const info = workflow.outputs.find(({ name }) => name === output)
  const span =
    suffix !== '' && time.kind === 'last'
      ? t.grids.lastSeconds(time.seconds)
      : info === undefined
        ? ''
        : t.data[info.kind]
  return {
    key: `${workflow.id}/${source}/${output}${suffix}`,
    source,
    title: source,
    sub: [workflow.title, info?.title, span].filter(Boolean).join(' · '),
    workflow: workflow.id,
    more: [],
  }
}

/** Cells of a layout that a person made. What is not known here has its place too, with an empty key. */
export function gridCells(grid: LiveGrid, state: LiveChannelState, time: ShownTime): readonly PlacedCell[] {
  return grid.cells.map((cell, index) => {
    const layers = cell.layers.flatMap(({ data_sources: { primary }, params }) =>
      (primary?.source_names ?? []).flatMap((source) => {
        const workflow = state.workflows.find(({ id }) => id === primary?.workflow_id)
        if (primary === undefined || workflow === undefined) return []
        const view = { source, view: primary.view_name }
        const { output } = outputOfView(workflow, view.view, { kind: 'as-set' })
        const ndim = workflow.outputs.find(({ name }) => name === output)?.ndim ?? 0
        return [cellOf(workflow, view, timeOfLayer({ params }, time, ndim))]
      }),
    )
    const [first, ...more] = layers
    const place = { index, geometry: cell.geometry }
    if (first === undefined) return { ...unknownCell(cell), ...place }
    return {
      ...first,
      title: cell.user_title ?? [...new Set(layers.map(({ source }) => source))].join(', '),
      more: more.map(({ key, source }) => ({ key, source })),
      ...place,
    }
  })
}

function unknownCell({ user_title: title, layers }: LiveCell): ShownCell {
  const named = layers.flatMap(({ data_sources, plot_name }) =>
    Object.values(data_sources)
      .map(({ workflow_id, source_names, view_name }) => [workflow_id, ...source_names, view_name].join('/'))
      .concat(plot_name),
  )
  return {
    key: '',
    source: '',
    title: title ?? t.grids.unknownPlot,
    sub: named.join(', '),
    workflow: '',
    more: [],
  }
}
