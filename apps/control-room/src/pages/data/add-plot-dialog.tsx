import type { LiveCell, LiveChannelState, LiveGrid, LiveWorkflow } from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from '../streams/topic-dialogs.tsx'
import { freePlace } from './cell-place.ts'

export interface AddPlotDialogProps {
  readonly state: LiveChannelState
  readonly grid: LiveGrid
  /** The cell that gets one more layer; null: a new cell. */
  readonly into: number | null
  readonly onGrid: (grid: LiveGrid) => Promise<void>
  readonly onClose: () => void
}

interface Choice {
  readonly workflow: LiveWorkflow
  readonly source: string
  readonly output: LiveWorkflow['outputs'][number]
}

/** One dialog with a search for what a cell shows. */
export function AddPlotDialog({ state, grid, into, onGrid, onClose }: AddPlotDialogProps): ReactElement {
  const [filter, setFilter] = useState('')
  const [chosen, setChosen] = useState(0)
  const choices = choicesFor(state, into === null ? undefined : grid.cells[into])
  const shown = choices.filter(({ workflow, source, output }) =>
    `${source} ${workflow.title} ${output.title}`.toLowerCase().includes(filter.toLowerCase()),
  )
  const choice = shown[chosen]
  const title = into === null ? t.data.addCell : t.data.addLayer
  return (
    <ActionDialog
      title={title}
      action={title}
      disabledReason={choice === undefined ? t.data.chooseOutput : null}
      onClose={onClose}
      onAct={async () => {
        if (choice !== undefined) await onGrid(withChoice(grid, into, choice))
      }}
    >
      <TextField
        label={t.data.chooseOutput}
        value={filter}
        data-autofocus
        onChange={(event) => {
          setFilter(event.currentTarget.value)
          setChosen(0)
        }}
      />
      <select
        className="select output-choice"
        size={8}
        aria-label={t.data.outputs}
        value={String(chosen)}
        onChange={(event) => setChosen(Number(event.currentTarget.value))}
      >
        {shown.slice(0, 200).map(({ workflow, source, output }, index) => (
          <option key={`${workflow.id} ${source} ${output.name}`} value={String(index)}>
            {source} · {workflow.title} · {output.title}
          </option>
        ))}
      </select>
    </ActionDialog>
  )
}

/** Layers lie over curves only, so they are curves too. */
function choicesFor(state: LiveChannelState, cell: LiveCell | undefined): readonly Choice[] {
  return state.workflows.flatMap((workflow) =>
    workflow.sources.flatMap((source) =>
      workflow.outputs
        .filter(({ ndim, kind }) =>
          cell === undefined ? kind !== 'readback' : ndim === 1 && kind !== 'readback',
        )
        .map((output) => ({ workflow, source, output })),
    ),
  )
}

function withChoice(grid: LiveGrid, into: number | null, { workflow, source, output }: Choice): LiveGrid {
  const layer = {
    data_sources: {
      primary: { workflow_id: workflow.id, source_names: [source], view_name: output.name },
    },
    plot_name: output.ndim === 2 ? 'image' : output.ndim === 1 ? 'lines' : 'timeseries',
    params: {},
  }
  const cell = into === null ? undefined : grid.cells[into]
  if (into !== null && cell !== undefined)
    return { ...grid, cells: grid.cells.with(into, { ...cell, layers: [...cell.layers, layer] }) }
  const place = freePlace(grid)
  return {
    ...grid,
    nrows: Math.max(grid.nrows, place.row + 1),
    cells: [...grid.cells, { geometry: { ...place, row_span: 1, col_span: 1 }, layers: [layer] }],
  }
}
