import { useStore } from 'zustand'
import type { ItemResult } from '@beamtime/http-gateway/ui-types'
import { IconPlayerPause } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import { Button } from '../parts/button.tsx'
import { LiveBar, LiveText } from '../parts/live-text.tsx'
import { StateChip } from '../parts/state-chip.tsx'
import { formatCount } from '../text/format-number.ts'
import { formatDuration, formatMinute } from '../text/format-time.ts'
import { t } from '../text/text.ts'
import { headlineOf, isPlanActive, type Headline } from './headline.ts'
import { NoticeBell } from './notice-bell.tsx'
import { useQueueAction } from './queue-actions.ts'
import { countText, endText, fractionOf, percentText, type StatusHolder } from './progress-text.ts'
import { useCurrentWords, useFailedItem } from './current-plan.ts'
import { useRunSummary } from '../run/use-run-summary.ts'
import { useConnection, useControlRoom, useNow, useSession, useStatus } from './use-control-room.ts'
import { UserMenu } from './user-menu.tsx'

/** Says on every page, in the same place: what runs, how far, until when, is all well. */
export function StateLine({ hasPause }: { hasPause: boolean }): ReactElement {
  return (
    <header className="state-line" aria-label={t.stateLine.label}>
      <InstrumentBadge />
      <div className="state-cells">
        <HeadlineCell />
        <TitleCell />
        <ProgressCell />
        <QueueCell />
        <EnvironmentCell />
        <EngineCell />
        <AutostartCell />
        <LockCell />
        <ServicesCell />
      </div>
      <div className="state-actions">
        {hasPause ? <PauseButton /> : null}
        <NoticeBell />
        <UserMenu />
      </div>
    </header>
  )
}

export function InstrumentBadge(): ReactElement {
  const name = useSession((session) => session.bootstrap?.facility.instrument_id ?? '')
  return (
    <Link to="/queue" className="instrument" title={name}>
      {shortName(name)}
    </Link>
  )
}

/** At most five characters fit over the rail. */
function shortName(name: string): string {
  if (name.length <= 6) return name.toUpperCase()
  const initials = name
    .split(/[\s_-]+/)
    .map((part) => part[0] ?? '')
    .join('')
  return (initials.length > 1 ? initials : name.slice(0, 4)).toUpperCase()
}

function Cell({
  label,
  children,
  className = '',
}: {
  label: string
  children: ReactNode
  className?: string
}): ReactElement {
  return (
    <div className={`state-cell ${className}`}>
      <div className="cell-label">{label}</div>
      <div className="cell-value">{children}</div>
    </div>
  )
}

function HeadlineCell(): ReactElement {
  const { key, state, isFilled } = useHeadlineSlices()
  return (
    <div className="state-cell cell-state" role="status">
      <StateChip state={state} word={t.state[key]} isFilled={isFilled} isLarge={!isFilled} />
    </div>
  )
}

/** Headline by slices, so that progress does not render it again. */
export function useHeadlineSlices(): Headline {
  const { queue } = useControlRoom()
  const isConnected = useConnection((connection) => connection.state !== 'lost')
  const front = useStore(queue.store, (view) => view.items[0])
  const text = useStatus((status) => JSON.stringify(headlineOf({ status, isConnected, front })))
  return JSON.parse(text) as Headline
}

function TitleCell(): ReactElement {
  const words = useCurrentWords()
  const isOpen = useStatus((status) => status?.worker_environment_exists === true)
  return (
    <div className="state-cell cell-title">
      <div className="cell-value ellipsis">{words?.title ?? t.stateLine.nothingRuns}</div>
      <div className="cell-label ellipsis">
        {words?.sub ?? (isOpen ? t.stateLine.ready : t.stateLine.openFirst)}
      </div>
    </div>
  )
}

function ProgressCell(): ReactElement {
  const hasProgress = useStatus((status) => status?.progress !== null && status?.progress !== undefined)
  const failed = useFailedItem()
  if (hasProgress) return <RunningProgress />
  if (failed?.result !== undefined) return <FailedProgress result={failed.result} />
  return <div className="state-cell cell-progress" />
}

function RunningProgress(): ReactElement {
  const room = useControlRoom()
  const isPaused = useStatus((status) => status?.manager_state === 'paused')
  // Renders once a second, so that the remaining time runs down between two points.
  useNow()
  const end = (holder: StatusHolder): readonly [string, string] => endText(holder, room.serverNow())
  return (
    <div className="state-cell cell-progress">
      <div className="progress-top num">
        <LiveText store={room.status} select={countText} />
        <span className="nowrap">
          <LiveText store={room.status} select={(holder) => end(holder)[0]} />
          <LiveText store={room.status} className="muted" select={(holder) => end(holder)[1]} />
        </span>
      </div>
      <div className="progress-line">
        <LiveBar
          store={room.status}
          select={fractionOf}
          tone={isPaused ? 'attention' : ''}
          label={t.live.title}
        />
        <LiveText store={room.status} className="num small muted" select={percentText} />
      </div>
    </div>
  )
}

/** How far the failed run came, and when it ended. */
function FailedProgress({ result }: { result: ItemResult }): ReactElement {
  const summary = useRunSummary(result.run_uids.at(-1))
  const now = useNow(10_000)
  const total = summary?.num_points ?? null
  const points = summary?.points ?? 0
  const percent = total === null ? 0 : Math.floor((100 * points) / total)
  const ago = formatDuration(Math.max(1, now / 1000 - result.time_stop))
  return (
    <div className="state-cell cell-progress">
      <div className="progress-top num">
        <span>{total === null ? '' : `${formatCount(points)} / ${formatCount(total)}`}</span>
        <span className="nowrap">
          {t.stateLine.at(formatMinute(result.time_stop * 1000, now))} <span className="muted">({ago})</span>
        </span>
      </div>
      {total === null ? null : (
        <div className="progress-line">
          <div className="progress bad">
            <i style={{ width: `${percent}%` }} />
          </div>
          <span className="num small muted">{percent} %</span>
        </div>
      )}
    </div>
  )
}

function QueueCell(): ReactElement {
  const length = useStatus((status) => status?.items_in_queue ?? 0)
  const until = useStatus((status) => status?.queueEta?.until ?? null)
  const isActive = useStatus(isPlanActive)
  const isStopPending = useStatus((status) => status?.queue_stop_pending === true)
  const now = useNow(30_000)
  const rest = isStopPending
    ? t.stateLine.stopPending
    : !isActive && length > 0
      ? t.stateLine.waiting
      : until !== null && length > 0
        ? t.stateLine.until(`~${formatMinute(until, now)}`)
        : ''
  return (
    <Cell label={t.stateLine.queue}>
      <span className="num">{formatCount(length)}</span>
      <span className="muted"> {rest}</span>
    </Cell>
  )
}

function EnvironmentCell(): ReactElement {
  const isOpen = useStatus((status) => status?.worker_environment_exists === true)
  const state = useStatus((status) => status?.manager_state)
  if (state === 'creating_environment')
    return (
      <Cell label={t.stateLine.environment}>
        <StateChip isLarge state="busy" word={t.state.OPENING.toLowerCase()} />
      </Cell>
    )
  return (
    <Cell label={t.stateLine.environment}>
      <StateChip
        isLarge
        state={isOpen ? 'good' : 'off'}
        word={isOpen ? t.stateLine.open : t.stateLine.closed}
      />
    </Cell>
  )
}

const engineStates: Readonly<Record<string, 'busy' | 'attention' | 'bad'>> = {
  running: 'busy',
  pausing: 'busy',
  paused: 'attention',
  halting: 'busy',
  stopping: 'busy',
  aborting: 'busy',
  suspending: 'attention',
  panicked: 'bad',
}

function EngineCell(): ReactElement {
  const state = useStatus((status) => status?.re_state ?? null)
  return (
    <Cell label={t.stateLine.engine}>
      {state === null ? (
        <span className="muted">{t.stateLine.none}</span>
      ) : (
        <StateChip isLarge state={engineStates[state] ?? 'off'} word={state} />
      )}
    </Cell>
  )
}

function AutostartCell(): ReactElement {
  const isOn = useStatus((status) => status?.queue_autostart_enabled === true)
  return (
    <Cell label={t.stateLine.autostart} className={isOn ? '' : 'cell-optional'}>
      {isOn ? t.stateLine.on : t.stateLine.off}
    </Cell>
  )
}

function LockCell(): ReactElement {
  const text = useStatus((status) => {
    const lock = status?.lock
    const parts = [
      lock?.environment === true ? 'environment' : '',
      lock?.queue === true ? 'queue' : '',
    ].filter((part) => part !== '')
    return parts.join(' + ')
  })
  return (
    <Cell label={t.stateLine.lock} className={text === '' ? 'cell-optional' : ''}>
      {text === '' ? t.stateLine.none : <StateChip isLarge state="attention" word={text} />}
    </Cell>
  )
}

function ServicesCell(): ReactElement {
  const room = useControlRoom()
  const down = useStore(
    room.services,
    (view) => view.answer?.services.filter((service) => service.state === 'down').length ?? 0,
  )
  const late = useStore(
    room.services,
    (view) => view.answer?.services.filter((service) => service.state === 'late').length ?? 0,
  )
  const isKnown = useStore(room.services, (view) => view.answer !== null)
  const word = down > 0 ? t.stateLine.down(down) : late > 0 ? t.stateLine.late(late) : t.stateLine.allWork
  const state = down > 0 ? 'bad' : late > 0 ? 'attention' : 'good'
  return (
    <Link to="/services" className="state-cell cell-link">
      <div className="cell-label">{t.stateLine.services}</div>
      <div className="cell-value">
        {isKnown ? (
          <StateChip isLarge state={state} word={word} isFilled />
        ) : (
          <span className="muted">{t.stateLine.none}</span>
        )}
      </div>
    </Link>
  )
}

function PauseButton(): ReactElement {
  const pause = useQueueAction('pause')
  const resume = useQueueAction('resume')
  const isPaused = useStatus((status) => status?.manager_state === 'paused')
  const action = isPaused ? resume : pause
  return (
    <Button
      label={isPaused ? t.queue.resume : t.queue.pause}
      icon={<IconPlayerPause size={16} stroke={1.75} aria-hidden />}
      disabledReason={action.disabledReason}
      isBusy={action.isBusy}
      onPress={() => void action.run()}
    />
  )
}
