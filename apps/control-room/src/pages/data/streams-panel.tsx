import type { LiveStreamCount, LiveWorker } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { Panel } from '../../parts/panel.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { formatCount, formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'

/** One stream as one worker reads it. */
export interface StreamRow extends LiveStreamCount {
  readonly key: string
  readonly service: string
  /** Messages a second; null before the first statistics. */
  readonly rate: number | null
}

/** What each worker reads; what nobody knows comes first, then the busiest. */
export function streamRows(workers: readonly LiveWorker[]): readonly StreamRow[] {
  return workers
    .flatMap(({ workerId, service, streams, statsWindowS }) =>
      (streams ?? []).map((stream) => ({
        ...stream,
        key: `${workerId} ${stream.topic} ${stream.source}`,
        service,
        rate: statsWindowS === null || statsWindowS <= 0 ? null : stream.count / statsWindowS,
      })),
    )
    .toSorted((a, b) => Number(b.stream === null) - Number(a.stream === null) || b.count - a.count)
}

/** Messages by stream, with those that belong to none in red. */
export function StreamsPanel({ workers }: { readonly workers: readonly LiveWorker[] }): ReactElement {
  const rows = streamRows(workers)
  const unmapped = rows.filter(({ stream }) => stream === null).length
  return (
    <Panel
      title={t.grids.streams}
      isFlush
      className="workers-panel"
      sub={unmapped === 0 ? String(rows.length) : t.grids.unmappedCount(unmapped, rows.length)}
    >
      {rows.length === 0 ? (
        <div className="empty">{t.grids.noStreams}</div>
      ) : (
        <DataGrid
          label={t.grids.streams}
          columns={columns}
          rowCount={rows.length}
          rowAt={(index) => rows[index]}
          keyOf={({ key }) => key}
          rowHeight={28}
        />
      )}
    </Panel>
  )
}

const columns: readonly GridColumn<StreamRow>[] = [
  {
    key: 'stream',
    header: t.grids.stream,
    width: 'minmax(140px, 1fr)',
    cell: ({ stream }) =>
      stream === null ? (
        <StateChip state="bad" word={t.grids.unmapped} title={t.grids.unmappedHelp} />
      ) : (
        <span className="strong">{stream}</span>
      ),
  },
  {
    key: 'topic',
    header: t.grids.topic,
    width: 'minmax(140px, 1fr)',
    cell: ({ topic }) => <span className="ellipsis">{topic}</span>,
  },
  {
    key: 'source',
    header: t.grids.source,
    width: 'minmax(120px, 1fr)',
    cell: ({ source }) => <span className="ellipsis">{source}</span>,
  },
  {
    key: 'service',
    header: t.data.columns.worker,
    width: 'minmax(120px, 1fr)',
    cell: ({ service }) => <span className="muted">{service}</span>,
  },
  {
    key: 'count',
    header: t.grids.perWindow,
    width: '112px',
    align: 'right',
    cell: ({ count }) => formatCount(count),
  },
  {
    key: 'rate',
    header: t.data.columns.rate,
    width: '96px',
    align: 'right',
    cell: ({ rate }) => (rate === null ? '–' : t.data.perSecond(formatNumber(rate, { precision: 1 }))),
  },
]
