import { useStore } from 'zustand'
import type { LiveStatus } from '@beamtime/http-gateway/ui-types'
import { IconPlayerPause } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import { describeItem } from '../form/describe-item.ts'
import { Button } from '../parts/button.tsx'
import { LiveBar, LiveText } from '../parts/live-text.tsx'
import { StateChip } from '../parts/state-chip.tsx'
import { formatCount } from '../text/format-number.ts'
import { formatDuration, formatMinute } from '../text/format-time.ts'
import { t } from '../text/text.ts'
import { headlineOf, isPlanActive, type Headline } from './headline.ts'
import { NoticeBell } from './notice-bell.tsx'
import { useQueueAction } from './queue-actions.ts'
import { useModels } from './use-models.ts'
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

/** Words of the item that runs, else of what failed, else nothing. */
export function useCurrentWords(): { title: string; sub: string } | null {
  const { queue } = useControlRoom()
  const running = useStore(queue.store, (view) => view.running)
  const front = useStore(queue.store, (view) => view.items[0])
  const isActive = useStatus(isPlanActive)
  const scanId = useStore(useControlRoom().history, (view) => view.items[0]?.result.scan_ids.at(-1))
  const { modelOf, device } = useModels()
  const failed = front?.result?.exit_status === 'failed' ? front : undefined
  const item = isActive ? running : failed
  if (item === null || item === undefined) return null
  const words = describeItem(item, modelOf(item.name), device)
  const id = failed !== undefined && !isActive ? (failed.result?.scan_ids.at(-1) ?? scanId) : undefined
  return {
    title: words.title,
    sub: [id, item.name, userName(item.user)]
      .filter((part) => part !== undefined && part !== null && part !== '')
      .join(' · '),
  }
}

/** The single-user mode has no names worth showing. */
export function userName(user: string | undefined): string {
  return user === undefined || user.startsWith('UNAUTHENTICATED') ? '' : user.replace(/\s*[<"].*$/, '')
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

type StatusHolder = { readonly status: LiveStatus | null }

export function fractionOf({ status }: StatusHolder): number | null {
  const progress = status?.progress
  if (progress === null || progress === undefined) return null
  return (
    progress.fraction ??
    (progress.total === undefined || progress.total === null ? null : progress.n / progress.total)
  )
}

export function countText({ status }: StatusHolder): string {
  const progress = status?.progress
  if (progress === null || progress === undefined) return '–'
  return progress.total === undefined || progress.total === null
    ? formatCount(progress.n)
    : `${formatCount(progress.n)} / ${formatCount(progress.total)}`
}

export function percentText(holder: StatusHolder): string {
  const fraction = fractionOf(holder)
  return fraction === null ? '' : `${Math.floor(fraction * 100)} %`
}

function ProgressCell(): ReactElement {
  const room = useControlRoom()
  const { key } = useHeadlineSlices()
  const hasProgress = useStatus((status) => status?.progress !== null && status?.progress !== undefined)
  const now = useNow()
  const tone = key === 'FAILED' ? 'bad' : key === 'PAUSED' ? 'attention' : ''
  const last = useFailedProgress()
  if (!hasProgress && last === null) return <div className="state-cell cell-progress" />
  if (!hasProgress && last !== null)
    return (
      <div className="state-cell cell-progress">
        <div className="progress-top num">
          <span>{last.text}</span>
        </div>
      </div>
    )
  const endTexts = (holder: StatusHolder): readonly [string, string] => endText(holder, room.serverNow())
  return (
    <div className="state-cell cell-progress" data-now={now > 0}>
      <div className="progress-top num">
        <LiveText store={room.status} select={countText} />
        <span className="nowrap">
          <LiveText store={room.status} select={(holder) => endTexts(holder)[0]} />
          <LiveText store={room.status} className="muted" select={(holder) => endTexts(holder)[1]} />
        </span>
      </div>
      <div className="progress-line">
        <LiveBar store={room.status} select={fractionOf} tone={tone} label={t.live.title} />
        <LiveText store={room.status} className="num small muted" select={percentText} />
      </div>
    </div>
  )
}

/** The failed run's reason stands where its progress stood. */
function useFailedProgress(): { text: string } | null {
  const { queue } = useControlRoom()
  const result = useStore(queue.store, (view) => view.items[0]?.result)
  const isActive = useStatus(isPlanActive)
  const now = useNow(30_000)
  if (isActive || result === undefined || result.exit_status !== 'failed') return null
  return { text: t.stateLine.at(formatMinute(result.time_stop * 1000, now)) }
}

/** `ends 14:26` and ` (4 min)`; a tilde while the estimate rests on few points. */
export function endText({ status }: StatusHolder, nowMs: number): readonly [string, string] {
  const progress = status?.progress
  if (progress === null || progress === undefined || progress.eta === null || progress.eta === undefined)
    return ['', '']
  if (status?.manager_state === 'paused') return ['', '']
  const tilde = progress.approximate ? '~' : ''
  return [
    t.stateLine.ends(`${tilde}${formatMinute(progress.eta, nowMs)}`),
    ` (${tilde}${formatDuration(Math.max(0, (progress.eta - nowMs) / 1000))})`,
  ]
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
