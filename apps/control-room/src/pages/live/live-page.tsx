import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { IconDots, IconCircleDot, IconX } from '@tabler/icons-react'
import { Menu } from '@mantine/core'
import { useEffect, type ReactElement } from 'react'
import { useStore } from 'zustand'
import type { LiveSearch } from '../../app/router.tsx'
import { userName } from '../../app/current-plan.ts'
import { isTyping } from '../../app/use-keys.ts'
import { useControlRoom, useNow, useStatus } from '../../app/use-control-room.ts'
import { useLiveRun } from '../../app/use-live-run.ts'
import { Button } from '../../parts/button.tsx'
import { Stateful, useStaleClass } from '../../parts/stateful.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { useEarlierRuns } from '../../run/use-overlay-run.ts'
import { runTitle } from '../../run/run-words.ts'
import type { LiveRunStore } from '../../stores/live-run-store.ts'
import { formatDuration, formatMoment } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { primaryChoice } from '../../run/run-plots.ts'
import { LineView } from './line-view.tsx'
import { MapView } from './map-view.tsx'
import { TableView } from './table-view.tsx'
import '../../run/run.css'

const route = getRouteApi('/live')

export interface RunViewProps {
  readonly run: LiveRunStore
  readonly search: LiveSearch
  readonly onSearch: (change: Partial<LiveSearch>) => void
}

/** See whether the measurement is good, now: follows the newest run by itself, or one run when its key is in the address. */
export function LivePage(): ReactElement {
  const search = route.useSearch()
  const navigate = useNavigate()
  const run = useLiveRun(search.uid ?? 'current')
  const isLoaded = useStore(run.store, (view) => view.isLoaded)
  const hasRun = useStore(run.store, (view) => view.snap !== null)
  const error = useStore(run.store, (view) => view.error)
  const stale = useStaleClass()
  const onSearch = (change: Partial<LiveSearch>): void =>
    void navigate({ to: '/live', search: (old) => ({ ...old, ...change }), replace: true })
  useLiveKeys(search, onSearch)
  return (
    <Stateful
      scope="read:monitor"
      isLoading={!isLoaded}
      error={error}
      empty={hasRun ? null : <NoRun />}
      skeletonRows={14}
    >
      <div className={`page live-page${stale}`}>
        <LiveHeader run={run} search={search} onSearch={onSearch} />
        <RunBanner run={run} />
        <RunView run={run} search={search} onSearch={onSearch} />
      </div>
    </Stateful>
  )
}

function NoRun(): ReactElement {
  return (
    <>
      <strong>{t.live.empty}</strong>
      <span>{t.live.emptyHelp}</span>
      <Link to="/queue" className="button">
        {t.live.toQueue}
      </Link>
    </>
  )
}

/** The view that fits the run: curves, map or only the table. */
export function RunView(props: RunViewProps): ReactElement {
  const kind = useStore(props.run.store, (view) => primaryChoice(view.snap?.choices)?.kind ?? 'table')
  const hasStreams = useStore(props.run.store, (view) => (view.snap?.streams.length ?? 0) > 0)
  if (!hasStreams) return <div className="empty">{t.live.waiting}</div>
  switch (kind) {
    case 'line':
    case 'scatter':
      return <LineView {...props} />
    case 'grid':
      return <MapView {...props} />
    case 'table':
      return <TableView {...props} />
  }
}

function LiveHeader({ run, search, onSearch }: RunViewProps): ReactElement {
  const { serverNow } = useControlRoom()
  const summary = useStore(run.store, (view) => view.snap?.summary)
  const pointSeconds = useStatus((status) =>
    status?.progress?.pointSeconds ? formatDuration(status.progress.pointSeconds) : '',
  )
  const isOpen = useStore(run.store, (view) => (view.snap?.stop ?? null) === null)
  const earlier = useEarlierRuns(run)
  const overlaid = earlier.find((other) => other.uid === search.over)
  const now = useNow()
  if (summary === undefined) return <div className="page-bar" />
  const facts = [
    summary.plan_name,
    userName(summary.user ?? undefined),
    isOpen
      ? t.live.started(formatMoment(summary.time * 1000, serverNow()))
      : t.live.ended(formatDuration(now / 1000 - (summary.stop_time ?? summary.time))),
    isOpen && pointSeconds !== '' ? t.live.perPoint(pointSeconds) : '',
  ]
  return (
    <div className="page-bar">
      <h1 className="ellipsis">
        {[summary.scan_id, runTitle(summary)].filter((part) => part !== null).join(' ')}
      </h1>
      <span className="sub ellipsis">{facts.filter((part) => part !== '').join(' · ')}</span>
      <SilentBadge run={run} isOpen={isOpen} />
      <span className="grow" />
      <Button
        label={t.live.follow}
        hint={t.live.following}
        icon={<IconCircleDot size={16} stroke={1.75} aria-hidden />}
        isOn={search.uid === undefined}
        onPress={() => onSearch({ uid: search.uid === undefined ? summary.uid : undefined })}
      />
      {overlaid === undefined ? null : (
        <Button
          label={t.live.overlayRun(String(overlaid.scan_id ?? ''))}
          aria-label={t.live.removeOverlay(String(overlaid.scan_id ?? ''))}
          trailing={<IconX size={14} aria-hidden />}
          onPress={() => onSearch({ over: 'none' })}
        />
      )}
      <Menu width={180}>
        <Menu.Target>
          <Button isIconOnly label={t.live.menu} icon={<IconDots size={18} aria-hidden />} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            renderRoot={(props) => (
              <Link to="/runs/$uid/$tab" params={{ uid: summary.uid, tab: 'summary' }} {...props} />
            )}
          >
            {t.live.openRun}
          </Menu.Item>
          {earlier[0] === undefined ? null : (
            <Menu.Item onClick={() => onSearch({ uid: earlier[0]?.uid })}>{t.live.previous}</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

/** What looks live must age visibly when it is not: after three times the point period, at least 3 s. */
function SilentBadge({ run, isOpen }: { run: LiveRunStore; isOpen: boolean }): ReactElement | null {
  const last = useStore(run.store, (view) => view.lastRowsMs)
  const isRunning = useStatus((status) => status?.manager_state === 'executing_queue')
  const period = useStatus((status) => status?.progress?.pointSeconds ?? 1)
  useNow()
  const age = (Date.now() - last) / 1000
  if (!isOpen || !isRunning || last === 0 || age < Math.max(3, 3 * period)) return null
  return <StateChip state="attention" word={t.live.silent(formatDuration(age))} />
}

function RunBanner({ run }: { run: LiveRunStore }): ReactElement | null {
  const status = useStore(run.store, (view) => view.snap?.summary.exit_status ?? null)
  const reason = useStore(run.store, (view) => view.snap?.summary.reason ?? null)
  if (status === null || status === 'success') return null
  const isFailed = status === 'fail'
  return (
    <div
      className={`banner ${isFailed ? 'bad' : 'attention'}`}
      role="status"
      style={{ marginBottom: 12, flex: 'none' }}
    >
      <StateChip state={isFailed ? 'bad' : 'attention'} word={t.runs.status[status] ?? status} />
      <strong className="ellipsis">
        {reason === null || reason === '' ? (isFailed ? t.live.failed : t.live.aborted) : reason}
      </strong>
      <span className="muted">{t.live.failedHelp}</span>
    </div>
  )
}

/** l log, f follow; letter keys can be switched off. */
function useLiveKeys(search: LiveSearch, onSearch: (change: Partial<LiveSearch>) => void): void {
  const { prefs } = useControlRoom()
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isTyping(event.target) ||
        !prefs.getState().letterKeys ||
        event.defaultPrevented
      )
        return
      if (event.key === 'l') onSearch({ log: search.log === true ? undefined : true })
      else if (event.key === 'f') onSearch({ uid: undefined })
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
}
