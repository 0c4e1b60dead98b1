import type { LiveChannelState, LiveWorker } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { useControlRoom, useNow, useScope } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { Panel } from '../../parts/panel.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import type { StateName } from '../../theme/tokens.ts'
import { formatCount, formatNumber } from '../../text/format-number.ts'
import { formatAge, formatClock, formatDuration } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { SessionsPanel } from './sessions-panel.tsx'
import { StreamsPanel } from './streams-panel.tsx'

const workerStates: Readonly<Record<LiveWorker['state'], StateName>> = {
  starting: 'busy',
  running: 'good',
  stopped: 'off',
  error: 'bad',
}
const levels = { success: 'good', warning: 'attention', error: 'bad' } as const

export interface StatusTabProps {
  readonly instrument: string
  readonly state: LiveChannelState
}

/** The services behind the data, what they read, who looks on, and what was said. */
export function StatusTab({ instrument, state }: StatusTabProps): ReactElement {
  const { http, notices } = useControlRoom()
  useNow()
  const isInactive = state.workers.some((worker) => worker.isStale || worker.state === 'stopped')
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const clear = async (): Promise<void> => {
    try {
      await http.post(`/livedata/${encodeURIComponent(instrument)}/command`, { kind: 'clear-workers' })
    } catch (failure) {
      notices.add({ state: 'bad', text: errorText(failure) })
    }
  }
  return (
    <div className="live-status">
      <Panel
        title={t.data.status}
        isFlush
        className="workers-panel"
        actions={
          <Button
            isCompact
            label={t.grids.clearInactive}
            disabledReason={reason ?? (isInactive ? null : t.grids.noneInactive)}
            onPress={() => void clear()}
          />
        }
      >
        {state.workers.length === 0 ? (
          <div className="empty">{t.data.noWorkers}</div>
        ) : (
          <DataGrid
            label={t.data.status}
            columns={columns}
            rowCount={state.workers.length}
            rowAt={(index) => state.workers[index]}
            keyOf={(worker) => worker.workerId}
            rowHeight={32}
          />
        )}
      </Panel>
      <StreamsPanel workers={state.workers} />
      <SessionsPanel sessions={state.sessions} />
      <Panel
        title={t.data.notices}
        className="live-notices"
        {...(state.droppedResults === 0 ? {} : { sub: t.data.dropped(formatCount(state.droppedResults)) })}
      >
        {state.notices.length === 0 ? <p className="muted">{t.data.noNotices}</p> : null}
        <ul className="notice-list">
          {state.notices.toReversed().map((notice) => (
            <li key={notice.id}>
              <span className="num muted">{formatClock(notice.time)}</span>
              <StateChip state={levels[notice.level]} word={notice.text} />
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  )
}

const names = t.data.columns

const columns: readonly GridColumn<LiveWorker>[] = [
  {
    key: 'worker',
    header: names.worker,
    width: 'minmax(140px, 1fr)',
    cell: (worker) => <span className="strong">{worker.service}</span>,
  },
  {
    key: 'state',
    header: names.state,
    width: '112px',
    cell: (worker) =>
      worker.isStale ? (
        <StateChip state="attention" word={t.data.stale(formatAge((Date.now() - worker.seenAt) / 1_000))} />
      ) : (
        <StateChip state={workerStates[worker.state]} word={worker.state} title={worker.error ?? undefined} />
      ),
  },
  {
    key: 'id',
    header: t.grids.workerId,
    width: 'minmax(120px, 1fr)',
    cell: (worker) => (
      <span className="mono small ellipsis" title={worker.workerId}>
        {worker.workerId}
      </span>
    ),
  },
  {
    key: 'uptime',
    header: t.grids.uptime,
    width: '88px',
    align: 'right',
    cell: (worker) => {
      const startedMs = Number(worker.startedAt) / 1e6
      return startedMs > 0 ? formatDuration((Date.now() - startedMs) / 1_000) : '–'
    },
  },
  {
    key: 'host',
    header: names.host,
    width: 'minmax(100px, 1fr)',
    cell: (worker) => <span className="muted">{`${worker.host} · ${worker.pid}`}</span>,
  },
  { key: 'jobs', header: names.jobs, width: '56px', align: 'right', cell: (worker) => worker.activeJobs },
  {
    key: 'window',
    header: names.window,
    width: '80px',
    align: 'right',
    cell: (worker) => formatDuration(worker.windowS),
  },
  {
    key: 'rate',
    header: names.rate,
    width: '96px',
    align: 'right',
    cell: (worker) => {
      const total = worker.streams?.reduce((sum, { count }) => sum + count, 0)
      return total === undefined || worker.statsWindowS === null
        ? '–'
        : t.data.perSecond(formatNumber(total / worker.statsWindowS, { precision: 1 }))
    },
  },
  {
    key: 'version',
    header: names.version,
    width: '80px',
    cell: (worker) => <span className="muted">{worker.version}</span>,
  },
]
