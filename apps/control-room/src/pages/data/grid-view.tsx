import type { LiveChannelState, LiveGrid } from '@beamtime/http-gateway/ui-types'
import { Link } from '@tanstack/react-router'
import { useCallback, useLayoutEffect, useMemo, useRef, useState, type ReactElement } from 'react'
import { useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { AddPlotDialog } from './add-plot-dialog.tsx'
import { CellEdge } from './cell-edge.tsx'
import { OutputCell } from './output-cell.tsx'
import { gridCells, overviewCells, resized, type PlacedCell, type ShownCell } from './shown-cells.ts'

export interface GridViewProps {
  readonly instrument: string
  readonly state: LiveChannelState
  /** Null: the overview. */
  readonly grid: LiveGrid | null
  readonly isFrozen: boolean
  readonly onGrid: (grid: LiveGrid | null) => Promise<void>
}

export function GridView(props: GridViewProps): ReactElement {
  const { instrument, state, grid, onGrid } = props
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
  return (
    <>
      {grid !== null && cells.length === 0 ? (
        <div className="empty">
          <strong>{t.data.emptyGrid}</strong>
          <span>{t.data.emptyGridHelp}</span>
        </div>
      ) : (
        <Cells {...props} cells={cells} />
      )}
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
        <AddPlotDialog
          state={state}
          grid={grid}
          into={null}
          onGrid={onGrid}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </>
  )
}

function Cells(props: GridViewProps & { readonly cells: readonly (ShownCell | PlacedCell)[] }): ReactElement {
  const { instrument, state, grid, isFrozen, cells } = props
  const canEdit = useScope('write:manager:control') && grid !== null
  const [layering, setLayering] = useState<number | null>(null)
  const change = useGridChange(props)
  const onRemove = useCallback(
    (index: number) => change((now) => ({ ...now, cells: now.cells.filter((_, other) => other !== index) })),
    [change],
  )
  const columns = grid?.ncols ?? Math.min(3, Math.ceil(Math.sqrt(cells.length)))
  return (
    <div className="live-grid" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
      {cells.map((cell, at) => {
        const place = 'geometry' in cell ? cell.geometry : null
        const index = 'index' in cell ? cell.index : at
        return (
          <div
            key={`${index} ${cell.key}`}
            className="live-cell"
            style={
              place === null
                ? {}
                : {
                    gridRow: `${place.row + 1} / span ${place.row_span}`,
                    gridColumn: `${place.col + 1} / span ${place.col_span}`,
                  }
            }
          >
            <OutputCell
              instrument={instrument}
              outputKey={cell.key}
              more={cell.more.map(({ key, source }) => `${source}\n${key}`).join('\n\n')}
              title={cell.title}
              source={cell.source}
              sub={cell.sub}
              isFrozen={isFrozen}
              isRunning={state.jobs.some((job) => job.workflow === cell.workflow && job.state !== 'stopped')}
              regionsOf={regionsJob(state, cell)}
              index={index}
              {...(canEdit ? { onRemove, onLayer: setLayering } : {})}
            />
            {place === null || !canEdit ? null : (
              <CellEdge
                rows={place.row_span}
                columns={place.col_span}
                title={cell.title}
                onSpan={(span) => change((now) => resized(now, index, span))}
              />
            )}
          </div>
        )
      })}
      {layering !== null && grid !== null ? (
        <AddPlotDialog
          state={state}
          grid={grid}
          into={layering}
          onGrid={props.onGrid}
          onClose={() => setLayering(null)}
        />
      ) : null}
    </div>
  )
}

/** Changes the layout that is shown now; the same function as long as the page is open. */
function useGridChange({ grid, onGrid }: GridViewProps): (next: (grid: LiveGrid) => LiveGrid) => void {
  const latest = useRef({ grid, onGrid })
  useLayoutEffect(() => {
    latest.current = { grid, onGrid }
  })
  return useCallback((next) => {
    const { grid: now, onGrid: save } = latest.current
    if (now === null) return
    const changed = next(now)
    if (changed !== now) void save(changed)
  }, [])
}

/** The job whose regions a picture may show: that of a workflow with regions. */
function regionsJob(state: LiveChannelState, cell: ShownCell): string | null {
  const workflow = state.workflows.find(({ id }) => id === cell.workflow)
  const output = workflow?.outputs.find(({ name }) => cell.key.endsWith(`/${name}`))
  if (
    output?.ndim !== 2 ||
    output.name.startsWith('roi_') ||
    workflow?.outputs.some(({ name }) => name === 'roi_rectangle') !== true
  )
    return null
  return state.generations.find((one) => one.workflow === cell.workflow)?.jobNumber ?? null
}
