import { Link } from '@tanstack/react-router'
import type { DeviceProgress, PlotChoice } from '@beamtime/http-gateway/ui-types'
import { useEffect, useMemo, useReducer, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { isPlanActive } from '../../app/headline.ts'
import { useControlRoom, useNow, useStatus } from '../../app/use-control-room.ts'
import { useLiveRun } from '../../app/use-live-run.ts'
import { useModels } from '../../app/use-models.ts'
import { describeItem } from '../../form/describe-item.ts'
import { Figure } from '../../parts/figure.tsx'
import { LiveText } from '../../parts/live-text.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { useStaleClass } from '../../parts/stateful.tsx'
import { Plot } from '../../plot/plot.tsx'
import type { PlotSource } from '../../plot/plot-frame.ts'
import type { LiveRunStore } from '../../stores/live-run-store.ts'
import { frameEntry } from '../../stores/frame-loop.ts'
import { formatNumber } from '../../text/format-number.ts'
import { formatDuration, formatMinute } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { columnInfo, lineSource, primaryChoice } from '../../run/run-plots.ts'

/** What runs now, with its newest values and a small curve; when nothing runs, what ran last. */
export function NowStrip(): ReactElement {
  const isActive = useStatus(isPlanActive)
  return isActive ? <RunningNow /> : <IdleNow />
}

function RunningNow(): ReactElement {
  const { queue } = useControlRoom()
  const item = useStore(queue.store, (view) => view.running)
  const { modelOf, device } = useModels()
  const run = useLiveRun('current')
  const stale = useStaleClass()
  const words = item === null ? null : describeItem(item, modelOf(item.name), device)
  return (
    <section className={`panel now-strip${stale}`} aria-label={t.queue.now}>
      <div className="now-words">
        <div className="small muted">{t.queue.now}</div>
        <div className="now-title ellipsis">{words?.title ?? ''}</div>
        <div className="small muted ellipsis">{words?.parameters ?? ''}</div>
      </div>
      <NowValues run={run} />
      <NowPlot run={run} />
    </section>
  )
}

/** Newest row of the primary stream: first axis and two signals. Written to the page without React. */
function NowValues({ run }: { run: LiveRunStore }): ReactElement {
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const names =
    choice === undefined ? [] : [choice.x, ...choice.columns.filter((name) => name !== choice.x)].slice(0, 3)
  return (
    <div className="now-values">
      {choice === undefined
        ? null
        : names.map((name) => <NowValue key={name} run={run} name={name} choice={choice} />)}
      <PerPoint />
    </div>
  )
}

function NowValue({
  run,
  name,
  choice,
}: {
  run: LiveRunStore
  name: string
  choice: PlotChoice
}): ReactElement | null {
  const { frames } = useControlRoom()
  const [, bump] = useReducer((n: number) => n + 1, 0)
  const table = useStore(run.store, (view) => view.tables.get(choice.stream))
  const precision = useStore(run.store, (view) => columnInfo(view.snap, choice.stream, name)?.precision)
  useEffect(() => {
    if (table === undefined) return undefined
    const entry = frameEntry(bump, 500)
    const unsubscribe = table.subscribe(() => frames.schedule(entry))
    return () => {
      unsubscribe()
      frames.cancel(entry)
    }
  }, [table, frames])
  if (name === 'time') return null
  return (
    <Figure label={name} unit={choice.units[name]}>
      {formatNumber(table?.numbers(name)?.at(-1), { precision })}
    </Figure>
  )
}

function PerPoint(): ReactElement {
  const room = useControlRoom()
  return (
    <Figure label={t.queue.perPoint}>
      <LiveText
        store={room.status}
        select={({ status }) => secondsParts(status?.progress?.pointSeconds).value}
      />
      <LiveText
        store={room.status}
        className="unit"
        select={({ status }) => secondsParts(status?.progress?.pointSeconds).unit}
      />
    </Figure>
  )
}

function NowPlot({ run }: { run: LiveRunStore }): ReactElement | null {
  const uid = useStore(run.store, (view) => view.snap?.uid)
  const kind = useStore(run.store, (view) => primaryChoice(view.snap?.choices)?.kind)
  const source = useMemo<PlotSource | null>(
    () => (uid === undefined || kind !== 'line' ? null : lineSource(run, { isBare: true })),
    [run, uid, kind],
  )
  if (source === null) return null
  return (
    <Link to="/live" className="now-plot" aria-label={t.live.title}>
      <Plot source={source} xLabel="" yLabel="" isBare />
    </Link>
  )
}

function IdleNow(): ReactElement {
  const { history, serverNow } = useControlRoom()
  const last = useStore(history, (view) => view.items[0])
  const length = useStatus((status) => status?.items_in_queue ?? 0)
  const isOpen = useStatus((status) => status?.worker_environment_exists === true)
  const { modelOf, device } = useModels()
  const stale = useStaleClass()
  useNow(30_000)
  const help = !isOpen
    ? t.queue.closedBannerHelp
    : length === 0
      ? t.queue.idleHelpEmpty
      : t.queue.idleHelpReady
  const words = last === undefined ? null : describeItem(last, modelOf(last.name), device)
  const runUid = last?.result.run_uids.at(-1)
  return (
    <section className={`panel now-strip idle${stale}`} aria-label={t.queue.now}>
      <div className="now-words">
        <div className="small muted">{t.queue.now}</div>
        <div className="now-title">{isOpen ? t.queue.idleTitle : t.queue.closedBanner}</div>
        <div className="small muted">{help}</div>
      </div>
      {last === undefined || words === null ? null : (
        <div className="now-last">
          <div className="small muted">{t.queue.last}</div>
          <div className="ellipsis">
            {runUid === undefined ? (
              words.title
            ) : (
              <Link className="now-link" to="/runs/$uid/$tab" params={{ uid: runUid, tab: 'summary' }}>
                {[last.result.scan_ids.at(-1), words.title]
                  .filter((part) => part !== null && part !== undefined)
                  .join(' ')}
              </Link>
            )}
          </div>
          <div className="small muted now-last-state">
            <StateChip
              state={exitState(last.result.exit_status)}
              word={t.queue.exit[last.result.exit_status] ?? last.result.exit_status}
            />
            <span className="ellipsis">
              {formatMinute(last.result.time_stop * 1000, serverNow())} ·{' '}
              {formatDuration(last.result.time_stop - last.result.time_start)}
            </span>
          </div>
        </div>
      )}
    </section>
  )
}

/** `5.7` and ` s` apart, so that the unit can be muted. */
export function secondsParts(seconds: number | null | undefined): {
  readonly value: string
  readonly unit: string
} {
  const text = formatDuration(seconds)
  const at = text.indexOf('\u00a0')
  return at < 0 ? { value: text, unit: '' } : { value: text.slice(0, at), unit: text.slice(at) }
}

export function exitState(status: string): 'good' | 'bad' | 'attention' | 'off' {
  if (status === 'completed') return 'good'
  if (status === 'failed') return 'bad'
  return status === 'unknown' ? 'off' : 'attention'
}

/** `0.0130 → 0.0140 deg` of a moving device. */
export function deviceText(progress: DeviceProgress): string {
  const options = { precision: progress.precision }
  const current = formatNumber(progress.current, options)
  return progress.target === null || progress.target === undefined
    ? current
    : `${current} → ${formatNumber(progress.target, options)}`
}
