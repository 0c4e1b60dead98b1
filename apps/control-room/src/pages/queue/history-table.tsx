import type { HistoryItem, HistoryPage } from '@beamtime/http-gateway/ui-types'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useCallback, useMemo, type ReactElement } from 'react'
import { userName } from '../../app/current-plan.ts'
import { useControlRoom, useHasUsers, useWidthClass } from '../../app/use-control-room.ts'
import { useModels, type Models } from '../../app/use-models.ts'
import { describeItem } from '../../form/describe-item.ts'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { formatDuration, formatShortMoment } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { exitState } from './now-strip.tsx'
import type { QueueEdits } from './queue-edits.tsx'
import type { QueuePlace } from './queue-place.ts'

const pageSize = 100

export interface HistoryTableProps {
  readonly filter: string
  readonly place: QueuePlace
  readonly edits: QueueEdits
}

/** Everything that has run, newest first, loaded page by page as it is scrolled. */
export function HistoryTable({ filter, place }: HistoryTableProps): ReactElement {
  const { http, serverNow } = useControlRoom()
  const models = useModels()
  const isPhone = useWidthClass() === 'phone'
  const hasUsers = useHasUsers()
  const pages = useInfiniteQuery({
    queryKey: ['history', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(pageSize) })
      if (pageParam !== '') query.set('before', pageParam)
      if (filter !== '') query.set('q', filter)
      return http.get<HistoryPage>(`/queue/history?${query.toString()}`, signal)
    },
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (previous) => previous,
  })
  const items = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data])
  const total = pages.data?.pages[0]?.total ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  const onRange = useCallback(
    (_first: number, last: number) => {
      if (hasNextPage && !isFetchingNextPage && last > items.length - 20) void fetchNextPage()
    },
    [hasNextPage, isFetchingNextPage, items.length, fetchNextPage],
  )
  const columns = useMemo(
    () => (isPhone ? phoneColumns(models) : shownColumns(columnsOf(models, serverNow()), hasUsers)),
    [models, serverNow, isPhone, hasUsers],
  )
  return (
    <div className="panel-body flush" style={{ display: 'flex', flexDirection: 'column' }}>
      <Stateful
        scope="read:history"
        isLoading={pages.isLoading}
        error={pages.error}
        onRetry={() => void pages.refetch()}
        empty={
          total === 0 && !pages.isLoading ? (
            <strong>{filter === '' ? t.queue.emptyHistory : t.queue.noMatch}</strong>
          ) : null
        }
      >
        <DataGrid
          label={t.queue.historyTable}
          columns={columns}
          rowCount={Math.max(items.length, Math.min(total, items.length + (hasNextPage ? 20 : 0)))}
          rowAt={(index) => items[index]}
          keyOf={(item) => item.item_uid}
          rowHeight={isPhone ? 60 : 32}
          hasHead={!isPhone}
          isSelected={(item) => item.item_uid === place.itemUid}
          onOpen={place.openItem}
          onRange={onRange}
        />
      </Stateful>
    </div>
  )
}

function shownColumns(
  columns: readonly GridColumn<HistoryItem>[],
  hasUsers: boolean,
): readonly GridColumn<HistoryItem>[] {
  return hasUsers ? columns : columns.filter((column) => column.key !== 'user')
}

function columnsOf(models: Models, now: number): readonly GridColumn<HistoryItem>[] {
  const words = (item: HistoryItem) => describeItem(item, models.modelOf(item.name), models.device)
  return [
    {
      key: 'status',
      header: t.queue.columns.status,
      width: '84px',
      cell: (item) => (
        <StateChip
          state={exitState(item.result.exit_status)}
          word={t.queue.exit[item.result.exit_status] ?? item.result.exit_status}
          title={item.result.msg}
        />
      ),
    },
    {
      key: 'run',
      header: t.queue.columns.run,
      width: '56px',
      align: 'right',
      cell: (item) => <RunLink item={item} />,
    },
    {
      key: 'ended',
      header: t.queue.columns.ended,
      width: '100px',
      align: 'right',
      cell: (item) => formatShortMoment(item.result.time_stop * 1000, now),
    },
    {
      key: 'title',
      header: t.queue.columns.title,
      width: 'minmax(110px, 1.3fr)',
      cell: (item) => <span className="strong">{words(item).title}</span>,
    },
    {
      key: 'plan',
      header: t.queue.columns.plan,
      width: 'minmax(64px, 100px)',
      cell: (item) => <span className="muted">{item.name}</span>,
    },
    {
      key: 'parameters',
      header: t.queue.columns.parameters,
      width: 'minmax(120px, 2fr)',
      cell: (item) => words(item).parameters,
    },
    {
      key: 'user',
      header: t.queue.columns.user,
      width: 'minmax(40px, 64px)',
      cell: (item) => <span className="muted">{userName(item.user)}</span>,
    },
    {
      key: 'time',
      header: t.queue.columns.time,
      width: '64px',
      align: 'right',
      cell: (item) => formatDuration(item.result.time_stop - item.result.time_start),
    },
  ]
}

function RunLink({ item }: { item: HistoryItem }): ReactElement {
  const uid = item.result.run_uids.at(-1)
  const id = item.result.scan_ids.at(-1)
  if (uid === undefined) return <span className="muted">–</span>
  return (
    <Link className="link" to="/runs/$uid/$tab" params={{ uid, tab: 'summary' }}>
      {id ?? t.queue.columns.run}
    </Link>
  )
}

function phoneColumns(models: Models): readonly GridColumn<HistoryItem>[] {
  return [
    {
      key: 'words',
      header: '',
      width: 'minmax(0, 1fr)',
      cell: (item) => {
        const words = describeItem(item, models.modelOf(item.name), models.device)
        return (
          <>
            <div className="phone-title ellipsis strong">{words.title}</div>
            <div className="small muted ellipsis">{words.parameters}</div>
          </>
        )
      },
    },
    {
      key: 'state',
      header: '',
      width: 'auto',
      align: 'right',
      cell: (item) => (
        <>
          <StateChip
            state={exitState(item.result.exit_status)}
            word={t.queue.exit[item.result.exit_status] ?? ''}
          />
          <div className="small">
            <RunLink item={item} />
          </div>
        </>
      ),
    },
  ]
}
