import type { LiveChannelState, LiveGrid, LiveWorkflow } from '@beamtime/http-gateway/ui-types'
import { Link } from '@tanstack/react-router'
import { useMemo, useState, type ReactElement } from 'react'
import { useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from '../streams/topic-dialogs.tsx'
import { OutputCell } from './output-cell.tsx'

/** What one cell shows. */
export interface ShownCell {
  readonly key: string
  readonly title: string
  readonly sub: string
  readonly workflow: string
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
    title: source,
    sub: [workflow.title, info?.title, info === undefined ? '' : t.data[info.kind]]
      .filter(Boolean)
      .join(' · '),
    workflow: workflow.id,
  }
}

/** Cells of a layout that a person made. */
export function gridCells(
  grid: LiveGrid,
  state: LiveChannelState,
): readonly (ShownCell & { readonly place: object })[] {
  return grid.cells.flatMap((cell) => {
    const source = cell.layers[0]?.data_sources['primary']
    const workflow = state.workflows.find(({ id }) => id === source?.workflow_id)
    if (source === undefined || workflow === undefined) return []
    const { row, col, row_span: rows, col_span: columns } = cell.geometry
    const shown = cellOf(workflow, source.source_names[0] ?? '', source.view_name)
    return [
      {
        ...shown,
        ...(cell.user_title === undefined ? {} : { title: cell.user_title }),
        place: { gridRow: `${row + 1} / span ${rows}`, gridColumn: `${col + 1} / span ${columns}` },
      },
    ]
  })
}

export interface GridViewProps {
  readonly instrument: string
  readonly state: LiveChannelState
  /** Null: the overview. */
  readonly grid: LiveGrid | null
  readonly isFrozen: boolean
  readonly onGrid: (grid: LiveGrid | null) => Promise<void>
}

export function GridView({ instrument, state, grid, isFrozen, onGrid }: GridViewProps): ReactElement {
  const cells = useMemo(() => (grid === null ? overviewCells(state) : gridCells(grid, state)), [grid, state])
  const [isAdding, setAdding] = useState(false)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  if (grid === null && cells.length === 0)
    return (
      <div className="empty">
        <strong>{t.data.nothingRuns}</strong>
        <span>{t.data.nothingRunsHelp}</span>
        <Link to="/data/$instrument" params={{ instrument }} search={{ tab: 'workflows' }} className="button">
          {t.data.openWorkflows}
        </Link>
      </div>
    )
  const columns = grid?.ncols ?? Math.min(3, Math.ceil(Math.sqrt(cells.length)))
  return (
    <>
      <div className="live-grid" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {cells.map((cell, index) => (
          <div
            key={`${index} ${cell.key}`}
            style={'place' in cell ? (cell.place as object) : {}}
            className="live-cell"
          >
            <OutputCell
              instrument={instrument}
              outputKey={cell.key}
              title={cell.title}
              sub={cell.sub}
              isFrozen={isFrozen}
              isRunning={state.jobs.some((job) => job.workflow === cell.workflow && job.state !== 'stopped')}
              {...(grid === null
                ? {}
                : {
                    onRemove: () =>
                      void onGrid({ ...grid, cells: grid.cells.filter((_, other) => other !== index) }),
                  })}
            />
          </div>
        ))}
      </div>
      {grid === null ? null : (
        <div className="grid-actions">
          <Button label={t.data.addCell} disabledReason={reason} onPress={() => setAdding(true)} />
          <Button
            kind="danger"
            label={t.data.removeGrid}
            disabledReason={reason}
            onPress={() => void onGrid(null)}
          />
        </div>
      )}
      {isAdding && grid !== null ? (
        <AddCellDialog state={state} grid={grid} onGrid={onGrid} onClose={() => setAdding(false)} />
      ) : null}
    </>
  )
}

function AddCellDialog({
  state,
  grid,
  onGrid,
  onClose,
}: Pick<GridViewProps, 'state' | 'onGrid'> & {
  readonly grid: LiveGrid
  readonly onClose: () => void
}): ReactElement {
  const choices = state.workflows.flatMap((workflow) =>
    workflow.sources.flatMap((source) => workflow.outputs.map((output) => ({ workflow, source, output }))),
  )
  const [filter, setFilter] = useState('')
  const [chosen, setChosen] = useState(0)
  const shown = choices.filter(({ workflow, source, output }) =>
    `${source} ${workflow.title} ${output.title}`.toLowerCase().includes(filter.toLowerCase()),
  )
  const choice = shown[chosen]
  const place = freePlace(grid)
  return (
    <ActionDialog
      title={t.data.addCell}
      action={t.data.addCell}
      disabledReason={choice === undefined ? t.data.chooseOutput : null}
      onClose={onClose}
      onAct={async () => {
        if (choice === undefined) return
        const { workflow, source, output } = choice
        await onGrid({
          ...grid,
          nrows: Math.max(grid.nrows, place.row + 1),
          cells: [
            ...grid.cells,
            {
              geometry: { ...place, row_span: 1, col_span: 1 },
              layers: [
                {
                  data_sources: {
                    primary: { workflow_id: workflow.id, source_names: [source], view_name: output.name },
                  },
                  plot_name: output.ndim === 2 ? 'image' : output.ndim === 1 ? 'lines' : 'timeseries',
                  params: {},
                },
              ],
            },
          ],
        })
      }}
    >
      <div className="field">
        <input
          aria-label={t.common.search}
          placeholder={t.common.search}
          value={filter}
          data-autofocus
          onChange={(event) => {
            setFilter(event.currentTarget.value)
            setChosen(0)
          }}
        />
      </div>
      <select
        className="select output-choice"
        size={10}
        aria-label={t.data.chooseOutput}
        value={String(chosen)}
        onChange={(event) => setChosen(Number(event.currentTarget.value))}
      >
        {shown.slice(0, 400).map(({ workflow, source, output }, index) => (
          <option key={`${workflow.id} ${source} ${output.name}`} value={String(index)}>
            {source} · {workflow.title} · {output.title}
          </option>
        ))}
      </select>
    </ActionDialog>
  )
}

function freePlace({ nrows, ncols, cells }: LiveGrid): { readonly row: number; readonly col: number } {
  const isTaken = (row: number, col: number): boolean =>
    cells.some(
      ({ geometry: g }) =>
        row >= g.row && row < g.row + g.row_span && col >= g.col && col < g.col + g.col_span,
    )
  for (let row = 0; row < nrows; row++)
    for (let col = 0; col < ncols; col++) if (!isTaken(row, col)) return { row, col }
  return { row: nrows, col: 0 }
}
