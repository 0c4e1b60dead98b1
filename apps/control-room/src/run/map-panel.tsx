import { useMemo, type ReactElement } from 'react'
import { useStore } from 'zustand'
import type { LiveSearch } from '../app/router.tsx'
import { axisTitle } from './line-panel.tsx'
import { Panel } from '../parts/panel.tsx'
import { Segments } from '../parts/segments.tsx'
import { colourMapNames, type ColourMapName } from '../plot/colour-maps.ts'
import { Heat2D } from '../plot/heat-2d.tsx'
import { heatGrid } from '../plot/heat-grid.ts'
import { Plot } from '../plot/plot.tsx'
import { emptyFrame, type PlotLine, type PlotSource } from '../plot/plot-frame.ts'
import { extent } from '../plot/decimate.ts'
import type { LiveRunStore } from '../stores/live-run-store.ts'
import { formatNumber } from '../text/format-number.ts'
import { t } from '../text/text.ts'
import { mapSource, primaryChoice, signalsOf, subscribeRun, yColumn } from './run-plots.ts'
import { ToolMenu } from './plot-tools.tsx'
import { useRunTable } from './use-run-version.ts'

export interface MapPanelProps {
  readonly run: LiveRunStore
  readonly signal: string
  readonly search: LiveSearch
  readonly onSearch: (change: Partial<LiveSearch>) => void
  readonly onPick?: (cell: { row: number; column: number }) => void
}

export function mapOf(search: LiveSearch): ColourMapName {
  return colourMapNames.find((name) => name === search.map) ?? 'viridis'
}

/** Map of a gridded run with planned path and current point. */
export function MapPanel({ run, signal, search, onSearch, onPick }: MapPanelProps): ReactElement {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const uid = useStore(run.store, (view) => view.snap?.uid)
  const source = useMemo(
    () => mapSource(run, signal, search.norm),
    // eslint-disable-next-line -- a new run is a new source
    [run, uid, signal, search.norm],
  )
  const signals = signalsOf(choice)
  const isLog = search.log === true
  return (
    <Panel
      title={search.norm === undefined ? signal : `${signal} / ${search.norm}`}
      sub={choice === undefined ? '' : `${choice.x}, ${choice.y ?? ''}`}
      className="map-panel"
      actions={<MapTools signals={signals} signal={signal} search={search} onSearch={onSearch} />}
    >
      <Heat2D
        source={source}
        map={mapOf(search)}
        isLog={isLog}
        xLabel={axisTitle(choice?.x ?? '', choice?.units[choice.x])}
        yLabel={axisTitle(choice?.y ?? '', choice?.units[choice.y ?? ''])}
        zLabel={signal}
        zUnit={search.norm === undefined ? (choice?.units[signal] ?? '') : ''}
        {...(onPick === undefined ? {} : { onPick })}
      />
    </Panel>
  )
}

interface MapToolsProps {
  readonly signals: readonly string[]
  readonly signal: string
  readonly search: LiveSearch
  readonly onSearch: (change: Partial<LiveSearch>) => void
}

function MapTools({ signals, signal, search, onSearch }: MapToolsProps): ReactElement {
  const isLog = search.log === true
  return (
    <div className="plot-tools">
      <Segments
        label={t.live.scale}
        value={isLog ? 'log' : 'lin'}
        onChange={(value) => onSearch({ log: value === 'log' ? true : undefined })}
        options={[
          { value: 'lin', label: t.live.lin },
          { value: 'log', label: t.live.log },
        ]}
      />
      {signals.length > 1 ? (
        <ToolMenu
          name={t.live.signal}
          value={signal}
          options={signals.map((value) => ({ value, label: value }))}
          onChange={(value) => onSearch({ y: value })}
        />
      ) : null}
      <ToolMenu
        name={t.live.norm}
        value={search.norm ?? 'off'}
        options={[
          { value: 'off', label: t.live.off },
          ...signals.filter((name) => name !== signal).map((value) => ({ value, label: value })),
        ]}
        onChange={(value) => onSearch({ norm: value === 'off' ? undefined : value })}
      />
      <ToolMenu
        name={t.live.colourMap}
        value={mapOf(search)}
        options={colourMapNames.map((value) => ({ value, label: value }))}
        onChange={(value) => onSearch({ map: value === 'viridis' ? undefined : value })}
      />
    </div>
  )
}

/** The other signals of the same grid as small maps. */
export function OtherMaps({
  run,
  signal,
  map,
}: {
  run: LiveRunStore
  signal: string
  map: ColourMapName
}): ReactElement | null {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const others = signalsOf(choice)
    .filter((name) => name !== signal)
    .slice(0, 4)
  if (others.length === 0) return null
  return (
    <Panel title={t.live.otherSignals} className="other-maps">
      <div className="small-maps">
        {others.map((name) => (
          <SmallMap key={name} run={run} signal={name} map={map} unit={choice?.units[name]} />
        ))}
      </div>
    </Panel>
  )
}

function SmallMap({
  run,
  signal,
  map,
  unit,
}: {
  run: LiveRunStore
  signal: string
  map: ColourMapName
  unit: string | undefined
}): ReactElement {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const uid = useStore(run.store, (view) => view.snap?.uid)
  const { table } = useRunTable(run, choice?.stream)
  const source = useMemo(
    () => mapSource(run, signal, undefined),
    // eslint-disable-next-line -- a new run is a new source
    [run, uid, signal],
  )
  const column = table?.numbers(signal)
  const range = column === undefined ? null : extent(column)
  return (
    <div className="small-map">
      <div className="small-map-head small">
        <span>{signal}</span>
        <span className="muted num">
          {range === null
            ? ''
            : `${t.live.range(formatNumber(range[0]), formatNumber(range[1]))} ${unit ?? ''}`}
        </span>
      </div>
      <div className="small-map-canvas">
        <Heat2D
          source={source}
          map={map}
          isBare
          xLabel={choice?.x ?? ''}
          yLabel={choice?.y ?? ''}
          zLabel={signal}
          zUnit={unit ?? ''}
        />
      </div>
    </div>
  )
}

/** Values along the newest full row (or the row picked in the map), with the row before it in grey. */
export function LineCut({
  run,
  signal,
  norm,
  row,
}: {
  run: LiveRunStore
  signal: string
  norm: string | undefined
  row: number | null
}): ReactElement {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const uid = useStore(run.store, (view) => view.snap?.uid)
  const { table, version } = useRunTable(run, choice?.stream)
  const shown = useMemo(() => {
    const columns = choice?.grid?.shape[1] ?? 1
    const newest = Math.max(0, Math.ceil(((table?.rows ?? 0) - 1) / columns) - 1)
    return row ?? newest
    // eslint-disable-next-line -- the table grows in place; the version says when
  }, [choice, table, row, version])
  const source = useMemo(
    () => cutSource(run, { signal, norm, row: shown }),
    // eslint-disable-next-line -- a new run is a new source
    [run, uid, signal, norm, shown],
  )
  const grid = choice?.grid
  const y =
    grid === undefined || grid.shape[0] < 2
      ? null
      : grid.extents[0][0] + (shown * (grid.extents[0][1] - grid.extents[0][0])) / (grid.shape[0] - 1)
  const yText = `${choice?.y ?? ''} ${formatNumber(y)} ${choice?.units[choice.y ?? ''] ?? ''}`.trim()
  return (
    <Panel title={t.live.lineCut} sub={t.live.lineCutRow(String(shown + 1), yText)} className="line-cut">
      <Plot
        source={source}
        xLabel={axisTitle(choice?.x ?? '', choice?.units[choice.x])}
        yLabel={axisTitle(signal, norm === undefined ? choice?.units[signal] : undefined)}
      />
    </Panel>
  )
}

function cutSource(
  run: LiveRunStore,
  o: { signal: string; norm: string | undefined; row: number },
): PlotSource {
  return {
    read() {
      const { snap, tables } = run.store.getState()
      const choice = primaryChoice(snap?.choices)
      const table = choice === undefined ? undefined : tables.get(choice.stream)
      if (choice?.grid === undefined || table === undefined) return emptyFrame
      const map = heatGrid(
        choice.grid,
        yColumn(table, o.signal, { x: new Float64Array(0), norm: o.norm }),
        table.numbers('seq_num'),
      )
      const line = (row: number, isMain: boolean): PlotLine => {
        const x = Float64Array.from(
          { length: map.columns },
          (_, i) => map.x[0] + (i * (map.x[1] - map.x[0])) / Math.max(1, map.columns - 1),
        )
        const y = map.values.slice(row * map.columns, (row + 1) * map.columns)
        return {
          key: String(row),
          label: t.live.rowLabel(String(row + 1)),
          x,
          y,
          colour: isMain ? 0 : 'previous',
          dash: isMain ? [] : [4, 3],
          hasPoints: false,
          isMain,
        }
      }
      const lines = [line(o.row, true), ...(o.row > 0 ? [line(o.row - 1, false)] : [])]
      return { lines, marks: [], xRange: [Math.min(...map.x), Math.max(...map.x)] }
    },
    subscribe: (listener) => subscribeRun(run, listener),
  }
}
