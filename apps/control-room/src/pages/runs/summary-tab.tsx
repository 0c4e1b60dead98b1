import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { Panel } from '../../parts/panel.tsx'
import { LineCut, MapPanel } from '../../run/map-panel.tsx'
import { LinePanel } from '../../run/line-panel.tsx'
import { PeakPanel } from '../../run/peak-panel.tsx'
import { fitOf, PlotTools, ToolMenu } from '../../run/plot-tools.tsx'
import { RunFactsPanels } from '../../run/run-facts-panels.tsx'
import { PointsTable } from '../../run/points-table.tsx'
import { chosenSignal, primaryChoice, signalsOf } from '../../run/run-plots.ts'
import { useOverlayRun } from '../../run/use-overlay-run.ts'
import type { LiveRunStore } from '../../stores/live-run-store.ts'
import { t } from '../../text/text.ts'
import type { RunViewProps } from '../live/live-page.tsx'

/** The result at a glance: main plot, derivative or line cut, table, parameters and metadata. */
export function SummaryTab({ run, search, onSearch }: RunViewProps): ReactElement {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const main = chosenSignal(choice, search.y)
  const isMap = choice?.kind === 'grid'
  return (
    <div className="page-content live-content">
      <div className="column grow">
        {main === undefined ? (
          <div className="panel empty">{t.runs.noPlot}</div>
        ) : isMap ? (
          <MapPanel run={run} signal={main} search={search} onSearch={onSearch} />
        ) : (
          <MainPlot run={run} search={search} onSearch={onSearch} signal={main} />
        )}
        <div className="summary-lower">
          {main === undefined ? null : isMap ? (
            <LineCut run={run} signal={main} norm={search.norm} row={null} />
          ) : (
            <DerivativePanel run={run} signal={main} />
          )}
          <SummaryTable run={run} />
        </div>
      </div>
      <div className="column live-side">
        {main === undefined || isMap ? null : (
          <PeakPanel
            run={run}
            signal={main}
            shaping={{ norm: search.norm, math: search.math }}
            fit={fitOf(search)}
          />
        )}
        <RunFactsPanels run={run} />
      </div>
    </div>
  )
}

function MainPlot({ run, search, onSearch, signal }: RunViewProps & { signal: string }): ReactElement {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const shaping = { norm: search.norm, math: search.math }
  const overlay = useOverlayRun(run, search.over ?? 'last', { signal, ...shaping })
  const signals = signalsOf(choice)
  return (
    <LinePanel
      run={run}
      className="main-plot"
      signal={signal}
      shaping={shaping}
      isLog={search.log === true}
      onLog={(isLog) => onSearch({ log: isLog ? true : undefined })}
      fit={fitOf(search)}
      overlay={overlay}
      hasMarks
      tools={
        <>
          {signals.length > 1 ? (
            <ToolMenu
              name={t.live.signal}
              value={signal}
              options={signals.map((value) => ({ value, label: value }))}
              onChange={(value) => onSearch({ y: value })}
            />
          ) : null}
          <PlotTools run={run} signal={signal} search={search} onSearch={onSearch} />
        </>
      }
    />
  )
}

const derivativeShaping = { math: 'derivative' }

function DerivativePanel({ run, signal }: { run: LiveRunStore; signal: string }): ReactElement {
  const x = useStore(run.store, (view) => primaryChoice(view.snap?.choices)?.x ?? '')
  return (
    <div className="panel line-panel" role="group" aria-label={t.runs.derivative(signal, x)}>
      <LinePanel
        run={run}
        className="bare-panel"
        signal={signal}
        shaping={derivativeShaping}
        isLog={false}
        onLog={() => undefined}
        colour={2}
      />
    </div>
  )
}

function SummaryTable({ run }: { run: LiveRunStore }): ReactElement {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices) ?? view.snap?.choices[0])
  const stream = useStore(run.store, (view) => view.snap?.streams[0]?.name)
  const uid = useStore(run.store, (view) => view.snap?.uid ?? '')
  const name = choice?.stream ?? stream
  return (
    <Panel
      title={t.runs.tableTitle}
      sub={name === undefined ? '' : t.runs.streamName(name)}
      isFlush
      className="summary-table"
      actions={
        <Link className="button quiet" to="/runs/$uid/$tab" params={{ uid, tab: 'data' }}>
          {t.runs.allColumns}
        </Link>
      }
    >
      {name === undefined ? (
        <div className="empty">{t.runs.noRows}</div>
      ) : (
        <PointsTable
          run={run}
          stream={name}
          columns={(choice?.table ?? []).slice(0, 4)}
          total={null}
          isNewestFirst={false}
          isBare
        />
      )}
    </Panel>
  )
}
