import type { LiveChannelState, LiveGrid } from '@beamtime/http-gateway/ui-types'
import { Link } from '@tanstack/react-router'
import { useMemo, useState, type ReactElement } from 'react'
import { useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { AddPlotDialog } from './add-plot-dialog.tsx'
import { GridCells } from './grid-cells.tsx'
import { gridCells, overviewCells } from './shown-cells.ts'

export interface GridViewProps {
  readonly instrument: string
  readonly state: LiveChannelState
  /** Null: the overview. */
  readonly grid: LiveGrid | null
  readonly isFrozen: boolean
  readonly full: number | null
  readonly isWall: boolean
  readonly onGrid: (grid: LiveGrid | null) => Promise<void>
  readonly onFull: (index: number | null) => void
}

export function GridView(props: GridViewProps): ReactElement {
  const { instrument, state, grid, isWall, onGrid } = props
  const cells = useMemo(() => (grid === null ? overviewCells(state) : gridCells(grid, state)), [grid, state])
  if (grid === null && cells.length === 0)
    return (
      <div className="empty">
        <strong>{t.data.nothingRuns}</strong>
        <span>{t.data.nothingRunsHelp}</span>
        {isWall ? null : (
          <Link
            to="/data/$instrument"
            params={{ instrument }}
            search={{ tab: 'workflows' }}
            className="button"
          >
            {t.data.openWorkflows}
          </Link>
        )}
      </div>
    )
  return (
    <>
      {grid !== null && cells.length === 0 ? (
        <div className="empty">
          <strong>{t.data.emptyGrid}</strong>
          <span>{t.data.emptyGridHelp}</span>
        </div>
      ) : (
        <GridCells {...props} cells={cells} />
      )}
      {grid === null || isWall ? null : <GridActions state={state} grid={grid} onGrid={onGrid} />}
    </>
  )
}

function GridActions({
  state,
  grid,
  onGrid,
}: Pick<GridViewProps, 'state' | 'onGrid'> & { readonly grid: LiveGrid }): ReactElement {
  const [isAdding, setAdding] = useState(false)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  return (
    <div className="grid-actions">
      <Button label={t.data.addCell} disabledReason={reason} onPress={() => setAdding(true)} />
      <Button
        kind="danger"
        label={t.data.removeGrid}
        disabledReason={reason}
        onPress={() => void onGrid(null)}
      />
      {isAdding ? (
        <AddPlotDialog
          state={state}
          grid={grid}
          into={null}
          onGrid={onGrid}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </div>
  )
}
