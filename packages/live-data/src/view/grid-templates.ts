import type { LiveCell, LiveGrid, LiveOutputInfo, LiveWorkflow } from '../ui-types.ts'

interface Shown {
  readonly workflow: LiveWorkflow
  readonly source: string
  readonly output: LiveOutputInfo
}

const mostCells = 12
const most = 6

/** Layouts that an instrument brings: one of each group of workflows, and one with a little of each. Nobody can change them. */
export function gridTemplates(workflows: readonly LiveWorkflow[]): readonly LiveGrid[] {
  const groups = Map.groupBy(workflows.flatMap(shownOf), ({ workflow }) => workflow.group)
  const few = [...groups.values()].flatMap((all) => all.slice(0, 2))
  const templates = [
    gridOf('Overview', 'The first outputs of each group.', few),
    ...Array.from(groups, ([group, all]) => gridOf(group, `Outputs of the group ${group}.`, all)),
  ]
  return templates.filter(({ cells }) => cells.length > 0)
}

/** What a person wants to see of a workflow, of each source. */
function shownOf(workflow: LiveWorkflow): readonly Shown[] {
  const outputs = workflow.outputs.filter(({ kind }) => kind !== 'readback')
  const output =
    outputs.find(({ kind, ndim }) => kind === 'cumulative' && ndim === 2) ??
    outputs.find(({ kind, ndim }) => kind === 'cumulative' && ndim === 1) ??
    outputs.find(({ ndim }) => ndim === 0) ??
    outputs[0]
  return output === undefined ? [] : workflow.sources.map((source) => ({ workflow, source, output }))
}

function gridOf(title: string, description: string, all: readonly Shown[]): LiveGrid {
  const shown = all.slice(0, mostCells)
  const ncols = Math.min(most, Math.max(2, Math.ceil(Math.sqrt(shown.length))))
  const nrows = Math.min(most, Math.max(2, Math.ceil(shown.length / ncols)))
  const cells = shown.map((one, index) => cellOf(one, Math.floor(index / ncols), index % ncols))
  return { title, description, nrows, ncols, enabled: true, cells }
}

// oxlint-disable-next-line max-params -- what, and its place
function cellOf({ workflow, source, output }: Shown, row: number, col: number): LiveCell {
  return {
    geometry: { row, col, row_span: 1, col_span: 1 },
    layers: [
      {
        data_sources: {
          primary: { workflow_id: workflow.id, source_names: [source], view_name: viewOf(output) },
        },
        plot_name: plotOf(output),
        params: {},
      },
    ],
  }
}

/** Views are spelled as other dashboards know them: which output is meant follows from the time that is shown. */
function viewOf({ name, ndim }: LiveOutputInfo): string {
  if (name === 'cumulative') return ndim === 2 ? 'image' : ndim === 1 ? 'histogram' : name
  return name === 'counts_total_cumulative' ? 'total_counts' : name
}

function plotOf({ ndim }: LiveOutputInfo): string {
  if (ndim === 0) return 'timeseries'
  if (ndim === 1) return 'lines'
  return ndim === 2 ? 'image' : 'slicer'
}
