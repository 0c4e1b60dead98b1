import type { LiveChannelState, LiveGrid, LiveLayer } from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { t } from '../../text/text.ts'
import { ActionDialog } from '../streams/topic-dialogs.tsx'
import { outputOfView } from './output-time.ts'
import { PlotSettingsForm } from './plot-settings.tsx'
import { plotTypesFor, type PlotType } from './plots/plot-types.ts'

export interface CellSettingsProps {
  readonly state: LiveChannelState
  readonly grid: LiveGrid
  readonly index: number
  readonly onGrid: (grid: LiveGrid) => Promise<void>
  readonly onClose: () => void
}

/** How the plot of a cell looks, one layer after the other. */
export function CellSettings({
  state,
  grid,
  index,
  onGrid,
  onClose,
}: CellSettingsProps): ReactElement | null {
  const cell = grid.cells[index]
  const [layers, setLayers] = useState<readonly LiveLayer[]>(cell?.layers ?? [])
  if (cell === undefined) return null
  return (
    <ActionDialog
      title={t.grids.settingsOf}
      action={t.grids.save}
      size="lg"
      onClose={onClose}
      onAct={() => onGrid({ ...grid, cells: grid.cells.with(index, { ...cell, layers }) })}
    >
      {layers.map((layer, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- layers have no other name, and none goes or comes here
        <fieldset key={at} className="parameter-group">
          <legend>{nameOf(layer)}</legend>
          <PlotSettingsForm
            layer={layer}
            types={typesOf(state, layer)}
            onChange={(changed) => setLayers(layers.with(at, changed))}
          />
        </fieldset>
      ))}
    </ActionDialog>
  )
}

function nameOf({ data_sources: { primary }, plot_name }: LiveLayer): string {
  return primary === undefined ? plot_name : `${primary.source_names.join(', ')} · ${primary.view_name}`
}

function typesOf(state: LiveChannelState, { data_sources: { primary } }: LiveLayer): readonly PlotType[] {
  const workflow = state.workflows.find(({ id }) => id === primary?.workflow_id)
  if (workflow === undefined || primary === undefined) return []
  const name = outputOfView(workflow, primary.view_name, { kind: 'as-set' }).output
  const output = workflow.outputs.find((one) => one.name === name)
  return output === undefined ? [] : plotTypesFor(output)
}
