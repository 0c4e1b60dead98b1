import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { useWidthClass } from '../../app/use-control-room.ts'
import { LinePanel } from '../../run/line-panel.tsx'
import { PeakPanel } from '../../run/peak-panel.tsx'
import { fitOf, PlotTools, ToolMenu } from '../../run/plot-tools.tsx'
import { RunFactsPanels } from '../../run/run-facts-panels.tsx'
import { PointsTable } from '../../run/points-table.tsx'
import { chosenSignal, primaryChoice, signalsOf } from '../../run/run-plots.ts'
import { useOverlayRun } from '../../run/use-overlay-run.ts'
import { t } from '../../text/text.ts'
import { DevicesPanel } from './devices-panel.tsx'
import type { RunViewProps } from './live-page.tsx'
import { MoveDialog } from './move-dialog.tsx'

/** Curves of a one-dimensional run, its newest points, the peak and the devices. */
export function LineView({ run, search, onSearch }: RunViewProps): ReactElement {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const total = useStore(run.store, (view) => view.snap?.summary.num_points ?? null)
  const isPhone = useWidthClass() === 'phone'
  const signals = signalsOf(choice)
  const main = chosenSignal(choice, search.y)
  const second = signals.find((name) => name !== main)
  const [isSecondLog, setSecondLog] = useState(false)
  const [target, setTarget] = useState<{ motor: string; value: number } | null>(null)
  const shaping = { norm: search.norm, math: search.math }
  const overlay = useOverlayRun(run, search.over ?? 'last', { signal: main, ...shaping })
  if (choice === undefined || main === undefined) return <div className="empty">{t.live.noStream}</div>
  const onMove =
    choice.x === 'time' ? undefined : (motor: string, value: number) => setTarget({ motor, value })
  const last = run.store.getState().tables.get(choice.stream)?.numbers(choice.x)?.at(-1) ?? null
  return (
    <div className="page-content live-content">
      <div className="column grow">
        <LinePanel
          run={run}
          className="main-plot"
          signal={main}
          shaping={shaping}
          isLog={search.log === true}
          onLog={(isLog) => onSearch({ log: isLog ? true : undefined })}
          fit={fitOf(search)}
          overlay={overlay}
          hasMarks
          {...(onMove === undefined ? {} : { onPick: (x: number) => onMove(choice.x, x) })}
          tools={
            <>
              {signals.length > 1 ? (
                <ToolMenu
                  name={t.live.signal}
                  value={main}
                  options={signals.map((value) => ({ value, label: value }))}
                  onChange={(value) => onSearch({ y: value })}
                />
              ) : null}
              <PlotTools run={run} signal={main} search={search} onSearch={onSearch} />
            </>
          }
        />
        {second === undefined || isPhone ? null : (
          <LinePanel
            run={run}
            className="second-plot"
            signal={second}
            shaping={{}}
            isLog={isSecondLog}
            onLog={setSecondLog}
            colour={2}
          />
        )}
        <PointsTable run={run} stream={choice.stream} columns={choice.table} total={total} />
      </div>
      <div className="column live-side">
        <PeakPanel
          run={run}
          signal={main}
          shaping={shaping}
          fit={fitOf(search)}
          {...(onMove === undefined ? {} : { onMove })}
        />
        <DevicesPanel run={run} />
        <RunFactsPanels run={run} />
      </div>
      {target === null ? null : (
        <MoveDialog
          motor={target.motor}
          to={target.value}
          from={last}
          unit={choice.units[choice.x]}
          onClose={() => setTarget(null)}
        />
      )}
    </div>
  )
}
