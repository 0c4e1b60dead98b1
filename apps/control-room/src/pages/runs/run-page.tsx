import type { RunsPage } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { IconChevronLeft, IconChevronRight, IconLink } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import type { LiveSearch } from '../../app/router.tsx'
import { userName } from '../../app/current-plan.ts'
import { useControlRoom } from '../../app/use-control-room.ts'
import { useLiveRun } from '../../app/use-live-run.ts'
import { Button } from '../../parts/button.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { Stateful, useStaleClass } from '../../parts/stateful.tsx'
import { runState, runTitle } from '../../run/run-words.ts'
import type { LiveRunStore } from '../../stores/live-run-store.ts'
import { formatCount } from '../../text/format-number.ts'
import { formatMoment } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { RunView } from '../live/live-page.tsx'
import { ExportMenu } from './export-menu.tsx'
import { RepeatButton } from './repeat-button.tsx'
import { DataTab } from './data-tab.tsx'
import { DocumentsTab } from './documents-tab.tsx'
import { FilesTab } from './files-tab.tsx'
import { ImagesTab } from './images-tab.tsx'
import { MetadataTab } from './metadata-tab.tsx'
import { SummaryTab } from './summary-tab.tsx'
import './runs.css'
import '../../run/run.css'

const route = getRouteApi('/runs/$uid/$tab')
const tabs = ['summary', 'data', 'plots', 'images', 'metadata', 'documents', 'files'] as const
/** Shown for runs whose documents speak of files. */
const fileTabs: readonly Tab[] = ['images', 'files']
type Tab = (typeof tabs)[number]

/** One run, whole. */
export function RunPage(): ReactElement {
  const { uid } = route.useParams()
  const run = useLiveRun(uid)
  const isLoaded = useStore(run.store, (view) => view.isLoaded)
  const error = useStore(run.store, (view) => view.error)
  const stale = useStaleClass()
  return (
    <Stateful
      scope="read:monitor"
      isLoading={!isLoaded}
      skeletonRows={14}
      empty={
        error === null ? null : (
          <>
            <strong>{t.runs.notFound}</strong>
            <span>{error}</span>
            <Link to="/runs" className="button">
              {t.runs.title}
            </Link>
          </>
        )
      }
    >
      <div className={`page run-page${stale}`}>
        <RunHeader run={run} />
        <RunTabs run={run} />
        <TabContent run={run} />
      </div>
    </Stateful>
  )
}

function RunHeader({ run }: { run: LiveRunStore }): ReactElement | null {
  const { serverNow } = useControlRoom()
  const snap = useStore(run.store, (view) => view.snap)
  if (snap === null) return null
  const { summary } = snap
  const points = summary.points
  const pointText =
    summary.num_points === null
      ? t.runs.nPoints(formatCount(points))
      : t.runs.pointsOf(formatCount(points), formatCount(summary.num_points))
  const times =
    summary.stop_time === null
      ? formatMoment(summary.time * 1000, serverNow())
      : t.runs.from(
          formatMoment(summary.time * 1000, serverNow()),
          formatMoment(summary.stop_time * 1000, serverNow()),
        )
  const state = runState(summary)
  return (
    <div className="page-bar">
      <h1 className="ellipsis">
        {[summary.scan_id, runTitle(summary)].filter((part) => part !== null).join(' ')}
      </h1>
      <StateChip {...state} isLarge />
      <span className="sub ellipsis num">
        {[pointText, userName(summary.user ?? undefined), times].filter((part) => part !== '').join(' · ')}
      </span>
      <span className="grow" />
      <RepeatButton start={snap.start} label={t.runs.repeatInQueue} />
      <ExportMenu uid={summary.uid} streams={snap.streams.map((stream) => stream.name)} />
      <Button
        isIconOnly
        label={t.runs.copyLink}
        icon={<IconLink size={16} stroke={1.75} aria-hidden />}
        onPress={() => void navigator.clipboard.writeText(location.href)}
      />
    </div>
  )
}

function RunTabs({ run }: { run: LiveRunStore }): ReactElement {
  const { uid, tab } = route.useParams()
  const streams = useStore(run.store, (view) => view.snap?.streams.length ?? 0)
  const rows = useStore(
    run.store,
    (view) => view.snap?.streams.reduce((sum, stream) => sum + stream.rows, 0) ?? 0,
  )
  const hasFiles = useStore(
    run.store,
    (view) => view.snap?.streams.some(({ columns }) => columns.some(({ external }) => external)) ?? false,
  )
  const shown = tabs.filter((name) => hasFiles || name === tab || !fileTabs.includes(name))
  const count: Partial<Record<Tab, string>> = {
    data: t.runs.streams(streams),
    documents: rows === 0 ? '' : formatCount(rows + streams + 2),
  }
  return (
    <div className="run-tabs">
      <nav className="tabs grow" aria-label={t.runs.summaryLabel}>
        {shown.map((name) => (
          <Link
            key={name}
            to="/runs/$uid/$tab"
            params={{ uid, tab: name }}
            aria-current={tab === name ? 'page' : undefined}
          >
            {t.runs.tabs[name]} {count[name] ? <span className="count">{count[name]}</span> : null}
          </Link>
        ))}
      </nav>
      <Neighbours run={run} tab={tab} />
    </div>
  )
}

/** Earlier and later run by number. */
function Neighbours({ run, tab }: { run: LiveRunStore; tab: string }): ReactElement {
  const { http } = useControlRoom()
  const navigate = useNavigate()
  const summary = useStore(run.store, (view) => view.snap?.summary)
  const time = summary?.time ?? 0
  const around = useQuery({
    queryKey: ['neighbours', summary?.uid],
    enabled: summary !== undefined,
    queryFn: async ({ signal }) => {
      const [before, after] = await Promise.all([
        http.get<RunsPage>(`/runs?limit=2&to=${time}`, signal),
        http.get<RunsPage>(`/runs?limit=2&sort=time&from=${time}`, signal),
      ])
      const other = (page: RunsPage): string | undefined =>
        page.runs.find((candidate) => candidate.uid !== summary?.uid)?.uid
      return { before: other(before), after: other(after) }
    },
  })
  const go = (uid: string | undefined): void => {
    if (uid !== undefined) void navigate({ to: '/runs/$uid/$tab', params: { uid, tab } })
  }
  const icon = { size: 18, 'aria-hidden': true } as const
  return (
    <>
      <Button
        kind="quiet"
        isIconOnly
        label={t.runs.previous}
        icon={<IconChevronLeft {...icon} />}
        disabledReason={around.data?.before === undefined ? '–' : null}
        onPress={() => go(around.data?.before)}
      />
      <Button
        kind="quiet"
        isIconOnly
        label={t.runs.next}
        icon={<IconChevronRight {...icon} />}
        disabledReason={around.data?.after === undefined ? '–' : null}
        onPress={() => go(around.data?.after)}
      />
    </>
  )
}

function TabContent({ run }: { run: LiveRunStore }): ReactElement {
  const { tab, uid } = route.useParams()
  const search = route.useSearch()
  const isOpen = useStore(run.store, (view) => view.snap?.summary.exit_status === null)
  const navigate = useNavigate()
  const onSearch = (change: Partial<LiveSearch> & { stream?: string }): void =>
    void navigate({
      to: '/runs/$uid/$tab',
      params: { uid, tab },
      search: (old) => ({ ...old, ...change }),
      replace: true,
    })
  switch (tab) {
    case 'data':
      return <DataTab run={run} stream={search.stream} onStream={(stream) => onSearch({ stream })} />
    case 'plots':
      return <RunView run={run} search={search} onSearch={onSearch} />
    case 'metadata':
      return <MetadataTab run={run} />
    case 'documents':
      return <DocumentsTab uid={uid} />
    case 'images':
      return <ImagesTab uid={uid} isOpen={isOpen} />
    case 'files':
      return <FilesTab uid={uid} isOpen={isOpen} />
    default:
      return <SummaryTab run={run} search={search} onSearch={onSearch} />
  }
}
