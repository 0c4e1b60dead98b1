import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Figure } from '../../parts/figure.tsx'
import { LiveText } from '../../parts/live-text.tsx'
import { Panel } from '../../parts/panel.tsx'
import { LineCut, mapOf, MapPanel, OtherMaps } from '../../run/map-panel.tsx'
import { PointsTable } from '../../run/points-table.tsx'
import { columnInfo, chosenSignal, primaryChoice } from '../../run/run-plots.ts'
import { useRunTable } from '../../run/use-run-version.ts'
import { colourAt } from '../../plot/colour-maps.ts'
import type { LiveRunStore } from '../../stores/live-run-store.ts'
import { formatCount, formatNumber } from '../../text/format-number.ts'
import { formatDuration } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import type { RunViewProps } from './live-page.tsx'

/** A two-dimensional run: map, line cut, newest point, the other signals and the points. */
export function MapView({ run, search, onSearch }: RunViewProps): ReactElement {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const total = useStore(run.store, (view) => view.snap?.summary.num_points ?? null)
  const main = chosenSignal(choice, search.y)
  const [row, setRow] = useState<number | null>(null)
  if (choice === undefined || main === undefined) return <div className="empty">{t.live.noStream}</div>
  return (
    <div className="page-content live-content">
      <div className="column map-column">
        <MapPanel
          run={run}
          signal={main}
          search={search}
          onSearch={onSearch}
          onPick={(cell) => setRow(cell.row === row ? null : cell.row)}
        />
        <LineCut run={run} signal={main} norm={search.norm} row={row} />
      </div>
      <div className="column map-side">
        <PointPanel
          run={run}
          signal={main}
          mapColour={(part) => colourAt(mapOf(search), Math.round(part * 255))}
        />
        <OtherMaps run={run} signal={main} map={mapOf(search)} />
        <PointsTable run={run} stream={choice.stream} columns={choice.table.slice(0, 3)} total={total} />
      </div>
    </div>
  )
}

function PointPanel({
  run,
  signal,
  mapColour,
}: {
  run: LiveRunStore
  signal: string
  mapColour: (part: number) => string
}): ReactElement {
  const { status } = useControlRoom()
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const { table } = useRunTable(run, choice?.stream)
  const snap = useStore(run.store, (view) => view.snap)
  const rows = table?.rows ?? 0
  const shape = choice?.grid?.shape ?? [1, 1]
  const names = [choice?.x, choice?.y, signal].filter(
    (name): name is string => name !== undefined && name !== null,
  )
  const total = shape[0] * shape[1]
  return (
    <Panel title={t.live.pointOf(formatCount(rows), formatCount(total))}>
      <div className="figure-grid three">
        {names.map((name) => (
          <Figure key={name} label={name} unit={choice?.units[name]}>
            {formatNumber(table?.numbers(name)?.at(-1), {
              precision: columnInfo(snap, choice?.stream ?? '', name)?.precision,
            })}
          </Figure>
        ))}
        <Figure label={t.live.row} unit={`/ ${shape[0]}`}>
          {formatCount(Math.min(shape[0], Math.ceil(rows / shape[1])))}
        </Figure>
        <Figure label={t.live.perPointShort}>
          <LiveText
            store={status}
            select={(holder) =>
              holder.status?.progress?.pointSeconds
                ? formatDuration(holder.status.progress.pointSeconds)
                : '–'
            }
          />
        </Figure>
      </div>
      <div className="map-legend small muted">
        <span className="map-swatch" aria-hidden>
          {[0.45, 0.8, 0.2].map((part) => (
            <i key={part} style={{ background: mapColour(part) }} />
          ))}
        </span>
        {t.live.done}
        <span className="map-dots" aria-hidden />
        {t.live.planned}
        <span className="map-now" aria-hidden />
        {t.live.now}
      </div>
    </Panel>
  )
}
