import type { LiveChannelState, LiveGrid, LiveLayer } from '@beamtime/http-gateway/ui-types'
import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type DragEvent,
  type ReactElement,
} from 'react'
import { useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { AddPlotDialog } from './add-plot-dialog.tsx'
import { choiceOf, withPlot } from './add-plot.ts'
import { droppedCell, droppedOutput, isLiveDrag } from './output-chips.tsx'
import { CellEdge } from './cell-edge.tsx'
import { CellSettings } from './cell-settings.tsx'
import { EmptyPlaces } from './empty-places.tsx'
import { plainKey } from './output-time.ts'
import type { OverlayType } from './plots/plot-types.ts'
import { areaOf, exchanged, moved, resized } from './cell-place.ts'
import type { CellActions } from './cell-props.ts'
import { OutputCell } from './output-cell.tsx'
import { RenameDialog } from './rename-dialog.tsx'
import type { PlacedCell, ShownCell } from './shown-cells.ts'

export interface GridCellsProps {
  readonly instrument: string
  readonly state: LiveChannelState
  /** Null: the overview. */
  readonly grid: LiveGrid | null
  readonly cells: readonly (ShownCell | PlacedCell)[]
  readonly isFrozen: boolean
  /** The cell that fills the screen. */
  readonly full: number | null
  /** Shown from afar: no controls. */
  readonly isWall: boolean
  readonly onGrid: (grid: LiveGrid) => Promise<void>
  readonly onFull: (index: number | null) => void
}

interface Asked {
  readonly what: 'layer' | 'rename' | 'settings'
  readonly index: number
}

/** The cells of a layout at their places, or those of the overview one after the other. */
export function GridCells(props: GridCellsProps): ReactElement {
  const { state, grid, cells } = props
  const canEdit = useScope('write:manager:control') && grid !== null && !props.isWall
  const [asked, setAsked] = useState<Asked | null>(null)
  const change = useGridChange(props)
  const actions = useCellActions(props, change, setAsked)
  useEscape(props.full !== null, () => props.onFull(null))
  const columns = grid?.ncols ?? Math.min(3, Math.ceil(Math.sqrt(cells.length)))
  const isPlacing = canEdit && props.full === null
  return (
    <div
      className="live-grid"
      style={{
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
        ...(grid === null ? {} : { gridTemplateRows: `repeat(${rowsOf(props, grid)}, minmax(220px, 1fr))` }),
      }}
    >
      {cells.map((cell, at) => {
        const place = 'geometry' in cell ? cell.geometry : null
        const index = 'index' in cell ? cell.index : at
        return (
          <div
            key={`${index} ${cell.key}`}
            className={`live-cell${props.full === index ? ' full' : ''}`}
            style={place === null ? {} : areaOf(place)}
            {...(canEdit ? dropOn(state, grid, { index, change }) : {})}
          >
            {cell.key === '' ? (
              <UnknownCell cell={cell} onRemove={canEdit ? () => actions.remove(index) : null} />
            ) : (
              <Cell {...props} cell={cell} index={index} actions={actions} />
            )}
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
      {isPlacing ? <EmptyPlaces {...props} grid={grid} /> : null}
      {asked === null || grid === null ? null : (
        <CellQuestion
          {...asked}
          state={state}
          grid={grid}
          onGrid={props.onGrid}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  )
}

/** Rows of a layout; from afar the empty ones at its end are left out. */
function rowsOf({ isWall }: GridCellsProps, grid: LiveGrid): number {
  if (!isWall) return grid.nrows
  return Math.max(1, ...grid.cells.map(({ geometry }) => geometry.row + geometry.row_span))
}

/** A curve that is dropped on a curve lies over it from then on; a cell changes places with this one. */
function dropOn(
  state: LiveChannelState,
  grid: LiveGrid,
  { index, change }: { readonly index: number; readonly change: Change },
) {
  return {
    onDragOver: (event: DragEvent) => {
      if (isLiveDrag(event)) event.preventDefault()
    },
    onDrop: (event: DragEvent) => {
      const cell = droppedCell(event)
      if (cell !== null) {
        event.preventDefault()
        change((now) => exchanged(now, cell, index))
        return
      }
      const dropped = droppedOutput(event)
      const workflow = state.workflows.find(({ id }) => id === dropped?.workflow)
      const output = workflow?.outputs.find(({ name }) => name === dropped?.output)
      if (workflow === undefined || output?.ndim !== 1 || grid.cells[index]?.layers[0]?.plot_name !== 'lines')
        return
      event.preventDefault()
      change((now) => withPlot(now, { kind: 'layer', index }, choiceOf(state, workflow, output)))
    },
  }
}

function CellQuestion({
  what,
  index,
  ...more
}: Asked & {
  readonly state: LiveChannelState
  readonly grid: LiveGrid
  readonly onGrid: (grid: LiveGrid) => Promise<void>
  readonly onClose: () => void
}): ReactElement {
  switch (what) {
    case 'layer':
      return <AddPlotDialog {...more} target={{ kind: 'layer', index }} />
    case 'rename':
      return <RenameDialog {...more} index={index} />
    case 'settings':
      // A layer that has just come is asked for too.
      return <CellSettings key={more.grid.cells[index]?.layers.length} {...more} index={index} />
  }
}

/** A plot of a workflow that this instrument does not have. */
function UnknownCell({
  cell,
  onRemove,
}: {
  readonly cell: ShownCell
  readonly onRemove: (() => void) | null
}): ReactElement {
  return (
    <section className="panel output-cell" aria-label={cell.title}>
      <header className="panel-head">
        <h2 className="ellipsis">{cell.title}</h2>
        <span className="grow" />
        {onRemove === null ? null : <Button isCompact label={t.data.removeCell} onPress={onRemove} />}
      </header>
      <div className="empty">
        <span>{t.grids.unknownHelp}</span>
        <span className="mono small">{cell.sub}</span>
      </div>
    </section>
  )
}

interface CellProps extends GridCellsProps {
  readonly cell: ShownCell | PlacedCell
  readonly index: number
  readonly actions: CellActions
}

function Cell({ cell, index, actions, ...grid }: CellProps): ReactElement {
  const { state } = grid
  const jobs = state.jobs.filter((job) => job.workflow === cell.workflow && job.source === cell.source)
  const current = jobs.filter((job) => job.state !== 'stopped')
  const failed = current.find((job) => job.state === 'error')
  return (
    <OutputCell
      instrument={grid.instrument}
      outputKey={cell.key}
      more={cell.more.map(({ key, source }) => `${source}\n${key}`).join('\n\n')}
      title={cell.title}
      source={cell.source}
      sub={cell.sub}
      isFrozen={grid.isFrozen}
      health={failed === undefined ? (current.length === 0 ? 'stopped' : 'running') : 'error'}
      problem={failed?.error ?? current.find(({ warning }) => warning !== null)?.warning ?? ''}
      regionsOf={regionsJob(state, cell)}
      index={index}
      layers={grid.grid?.cells[index]?.layers ?? null}
      isFull={grid.full === index}
      isWall={grid.isWall}
      actions={actions}
    />
  )
}

type Change = (next: (grid: LiveGrid) => LiveGrid) => void

/** Changes the layout that is shown now; the same function as long as the page is open. */
function useGridChange({ grid, onGrid }: GridCellsProps): Change {
  const latest = useRef({ grid, onGrid })
  useLayoutEffect(() => {
    latest.current = { grid, onGrid }
  })
  return useMemo(
    () => (next) => {
      const { grid: now, onGrid: save } = latest.current
      if (now === null) return
      const changed = next(now)
      if (changed !== now) save(changed).catch(() => undefined) // already told
    },
    [],
  )
}

function useCellActions(
  { onFull }: GridCellsProps,
  change: Change,
  ask: (asked: Asked) => void,
): CellActions {
  const latest = useRef(onFull)
  useLayoutEffect(() => {
    latest.current = onFull
  })
  return useMemo(
    () => ({
      full: (index) => latest.current(index),
      rename: (index) => ask({ what: 'rename', index }),
      settings: (index) => ask({ what: 'settings', index }),
      addLayer: (index) => ask({ what: 'layer', index }),
      removeLayer: (index, layer) => change((now) => withoutLayer(now, index, layer)),
      addOverlay(index, type) {
        change((now) => withLayers(now, index, (layers) => [...layers, overlayOf(type)]))
        ask({ what: 'settings', index })
      },
      removeOverlay: (index, layer) =>
        change((now) => withLayers(now, index, (layers) => layers.filter((one) => one !== layer))),
      move: (index, direction) => change((now) => moved(now, index, direction)),
      remove: (index) => change((now) => ({ ...now, cells: now.cells.filter((_, i) => i !== index) })),
    }),
    [change, ask],
  )
}

// oxlint-disable-next-line max-params -- a layout, its cell and the change
function withLayers(
  grid: LiveGrid,
  index: number,
  next: (layers: readonly LiveLayer[]) => readonly LiveLayer[],
): LiveGrid {
  const cell = grid.cells[index]
  return cell === undefined
    ? grid
    : { ...grid, cells: grid.cells.with(index, { ...cell, layers: next(cell.layers) }) }
}

function overlayOf(type: OverlayType): LiveLayer {
  return { data_sources: {}, plot_name: type, params: {} }
}

/** The layout without one source of a cell; a layer of several sources keeps the others. */
export function withoutLayer(grid: LiveGrid, index: number, shown: number): LiveGrid {
  const cell = grid.cells[index]
  if (cell === undefined) return grid
  let at = -1
  const layers = cell.layers.flatMap((layer) => {
    const { primary } = layer.data_sources
    if (primary === undefined) return [layer]
    const source_names = primary.source_names.filter(() => (at += 1) !== shown)
    return source_names.length === 0
      ? []
      : [{ ...layer, data_sources: { ...layer.data_sources, primary: { ...primary, source_names } } }]
  })
  return { ...grid, cells: grid.cells.with(index, { ...cell, layers }) }
}

/** Escape acts where no menu and no dialog waits for it. */
function useEscape(isOn: boolean, act: () => void): void {
  const latest = useRef(act)
  useLayoutEffect(() => {
    latest.current = act
  })
  useEffect(() => {
    if (!isOn) return undefined
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && document.querySelector('[role="menu"],[role="dialog"]') === null)
        latest.current()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [isOn])
}

/** The job whose regions a picture may show: that of a workflow with regions. */
function regionsJob(state: LiveChannelState, cell: ShownCell): string | null {
  const workflow = state.workflows.find(({ id }) => id === cell.workflow)
  const output = workflow?.outputs.find(({ name }) => plainKey(cell.key).endsWith(`/${name}`))
  if (output?.ndim !== 2 || output.name.startsWith('roi_') || workflow?.hasRegions !== true) return null
  return state.generations.find((one) => one.workflow === cell.workflow)?.jobNumber ?? null
}
