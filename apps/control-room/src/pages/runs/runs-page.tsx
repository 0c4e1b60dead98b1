import type { RunsEvent, RunSummary } from '@beamtime/http-gateway/ui-types'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState, type ReactElement } from 'react'
import type { RunsSearch } from '../../app/router.tsx'
import { userName } from '../../app/current-plan.ts'
import {
  useChannel,
  useConnection,
  useControlRoom,
  useHasUsers,
  useWidthClass,
} from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { Stateful, useStaleClass } from '../../parts/stateful.tsx'
import { Sparkline } from '../../plot/sparkline.tsx'
import { runSeconds, runState, runTitle } from '../../run/run-words.ts'
import { formatCount } from '../../text/format-number.ts'
import { formatDuration, formatIso, formatMinute, formatShortMoment } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { DayBars } from './day-bars.tsx'
import { Facets } from './facets.tsx'
import { RunPreview } from './run-preview.tsx'
import { SearchBox } from './search-box.tsx'
import { parseSearch, printSearch, printTerm, toggleTerm, type SearchWords } from './search-words.ts'
import { useRunPages, type RunPages } from './use-run-pages.ts'
import './runs.css'

const route = getRouteApi('/runs')

/** Find a run, look at it, take it away. */
export function RunsPage(): ReactElement {
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = search.q ?? ''
  const words = useMemo(() => parseSearch(query), [query])
  const pages = useRunPages(query)
  const width = useWidthClass()
  const stale = useStaleClass()
  const isConnected = useConnection((connection) => connection.state === 'open')
  const go = useCallback(
    (change: Partial<RunsSearch>) =>
      void navigate({ to: '/runs', search: (old: RunsSearch) => ({ ...old, ...change }), replace: true }),
    [navigate],
  )
  const onWords = useCallback(
    (next: SearchWords) => go({ q: printSearch(next) === '' ? undefined : printSearch(next) }),
    [go],
  )
  const [selected, setSelected] = useState<RunSummary | null>(null)
  const onOpen = (run: RunSummary): void => {
    if (width === 'phone') void navigate({ to: '/runs/$uid/$tab', params: { uid: run.uid, tab: 'summary' } })
    else {
      setSelected(run)
      go({ run: run.uid })
    }
  }
  return (
    <Stateful scope="read:monitor" error={pages.total === 0 ? pages.error : null} onRetry={pages.refresh}>
      <div className={`page runs-page${stale}`}>
        <div className="page-bar">
          <h1>{t.runs.title}</h1>
          <SearchBox words={words} onWords={onWords} isDisabled={!isConnected} />
          <span className="small muted num nowrap">
            {pages.isLoading ? '' : t.runs.found(formatCount(pages.total), (pages.tookMs / 1000).toFixed(2))}
          </span>
        </div>
        <div className="page-content">
          {width === 'phone' || width === 'small' ? null : (
            <Facets facets={pages.facets} words={words} onWords={onWords} />
          )}
          <section className="panel runs-panel" aria-label={t.runs.table}>
            {width === 'phone' ? null : (
              <DayBars days={pages.facets?.['day']} words={words} onWords={onWords} />
            )}
            <NewRuns pages={pages} />
            <RunsList pages={pages} words={words} selected={search.run} onOpen={onOpen} onWords={onWords} />
          </section>
          {search.run === undefined || width === 'phone' || width === 'small' ? null : (
            <RunPreview
              key={search.run}
              uid={search.run}
              summary={selected?.uid === search.run ? selected : null}
              onClose={() => {
                setSelected(null)
                go({ run: undefined })
              }}
            />
          )}
        </div>
      </div>
    </Stateful>
  )
}

/** New runs announce themselves; the list does not jump. Known ones are brought up to date in place. */
function NewRuns({ pages }: { pages: RunPages }): ReactElement | null {
  const [count, setCount] = useState(0)
  useChannel(
    'runs',
    {},
    {
      event: (data) => {
        const event = data as RunsEvent
        if (!pages.put(event.run) && event.op === 'new') setCount((n) => n + 1)
      },
    },
  )
  if (count === 0) return null
  return (
    <button
      type="button"
      className="new-runs"
      onClick={() => {
        setCount(0)
        pages.refresh()
      }}
    >
      {t.runs.newRuns(count)}
    </button>
  )
}

interface RunsListProps {
  readonly pages: RunPages
  readonly words: SearchWords
  readonly selected: string | undefined
  readonly onOpen: (run: RunSummary) => void
  readonly onWords: (words: SearchWords) => void
}

function RunsList({ pages, words, selected, onOpen, onWords }: RunsListProps): ReactElement {
  const { serverNow } = useControlRoom()
  const navigate = useNavigate()
  const width = useWidthClass()
  const [range, setRange] = useState<readonly [number, number]>([0, 0])
  const hasUsers = useHasUsers()
  const isNarrow = width === 'small' || (selected !== undefined && window.innerWidth < 1440)
  const { onRange } = pages
  const onVisible = useCallback(
    (first: number, last: number) => {
      onRange(first, last)
      setRange([first, last])
    },
    [onRange],
  )
  const columns = useMemo(
    () => (width === 'phone' ? phoneColumns(serverNow()) : wideColumns(serverNow(), { isNarrow, hasUsers })),
    [width, serverNow, isNarrow, hasUsers],
  )
  const isSearch = words.terms.length > 0 || words.text !== ''
  return (
    <>
      <div className="panel-body flush" style={{ display: 'flex', flexDirection: 'column' }}>
        <Stateful
          isLoading={pages.isLoading}
          skeletonRows={16}
          empty={pages.total > 0 ? null : isSearch ? <NoMatch words={words} onWords={onWords} /> : <Fresh />}
        >
          <DataGrid
            label={t.runs.table}
            columns={columns}
            rowCount={pages.total}
            rowAt={pages.at}
            keyOf={(run) => run.uid}
            rowHeight={width === 'phone' ? 60 : 32}
            hasHead={width !== 'phone'}
            isSelected={(run) => run.uid === selected}
            onOpen={(run) =>
              run.uid === selected
                ? void navigate({ to: '/runs/$uid/$tab', params: { uid: run.uid, tab: 'summary' } })
                : onOpen(run)
            }
            onRange={onVisible}
          />
        </Stateful>
      </div>
      {pages.total === 0 ? null : (
        <footer className="panel-foot num">
          <span className="grow">{t.runs.newestFirst}</span>
          <span>
            {t.common.rows(
              formatCount(range[0] + 1),
              formatCount(Math.min(pages.total, range[1] + 1)),
              formatCount(pages.total),
            )}
          </span>
        </footer>
      )}
    </>
  )
}

function NoMatch({
  words,
  onWords,
}: {
  words: SearchWords
  onWords: (words: SearchWords) => void
}): ReactElement {
  return (
    <>
      <strong>{t.runs.empty}</strong>
      <span>{t.runs.emptyHelp}</span>
      <span className="drop-terms">
        {words.terms.map((term) => (
          <Button
            key={printTerm(term)}
            isCompact
            label={printTerm(term)}
            onPress={() => onWords(toggleTerm(words, term))}
          />
        ))}
        {words.text === '' ? null : (
          <Button isCompact label={words.text} onPress={() => onWords({ ...words, text: '' })} />
        )}
      </span>
    </>
  )
}

function Fresh(): ReactElement {
  return (
    <>
      <strong>{t.runs.fresh}</strong>
      <span>{t.runs.freshHelp}</span>
      <Link to="/queue/new" search={{ plan: 'count' }} className="button">
        {t.palette.addPlan('count')}
      </Link>
    </>
  )
}

function wideColumns(
  now: number,
  { isNarrow, hasUsers }: { readonly isNarrow: boolean; readonly hasUsers: boolean },
): readonly GridColumn<RunSummary>[] {
  return [
    {
      key: 'run',
      header: t.runs.columns.run,
      width: '52px',
      align: 'right',
      cell: (run) => run.scan_id ?? '–',
    },
    {
      key: 'status',
      header: t.runs.columns.status,
      width: '80px',
      cell: (run) => <StateChip {...runState(run)} title={run.reason ?? undefined} />,
    },
    {
      key: 'start',
      header: t.runs.columns.start,
      width: '100px',
      cell: (run) => <StartCell run={run} now={now} />,
    },
    {
      key: 'title',
      header: t.runs.columns.title,
      width: 'minmax(110px, 2fr)',
      cell: (run) => <span className="strong">{runTitle(run)}</span>,
    },
    {
      key: 'plan',
      header: t.runs.columns.plan,
      width: 'minmax(64px, 1fr)',
      cell: (run) => <span className="muted">{run.plan_name}</span>,
    },
    ...(isNarrow
      ? []
      : [
          {
            key: 'moved',
            header: t.runs.columns.moved,
            width: 'minmax(64px, 1fr)',
            cell: (run: RunSummary) => (run.motors.length === 0 ? '–' : run.motors.join(', ')),
          },
        ]),
    {
      key: 'points',
      header: t.runs.columns.points,
      width: '60px',
      align: 'right',
      cell: (run) => formatCount(run.points),
    },
    ...(isNarrow || !hasUsers
      ? []
      : [
          {
            key: 'user',
            header: t.runs.columns.user,
            width: '56px',
            cell: (run: RunSummary) => <span className="muted">{userName(run.user ?? undefined)}</span>,
          },
        ]),
    {
      key: 'time',
      header: t.runs.columns.time,
      width: '60px',
      align: 'right',
      cell: (run) => formatDuration(runSeconds(run, now)),
    },
    {
      key: 'signal',
      header: t.runs.columns.signal,
      width: '68px',
      cell: (run) => <Sparkline values={run.spark} width={66} />,
    },
  ]
}

function StartCell({ run, now }: { run: RunSummary; now: number }): ReactElement {
  return (
    <span className="num" title={formatIso(run.time * 1000)}>
      {formatShortMoment(run.time * 1000, now)}
    </span>
  )
}

function phoneColumns(now: number): readonly GridColumn<RunSummary>[] {
  return [
    {
      key: 'words',
      header: '',
      width: 'minmax(0, 1fr)',
      cell: (run) => (
        <>
          <div className="phone-title ellipsis strong">{runTitle(run)}</div>
          <div className="small muted ellipsis">
            {[run.scan_id, run.plan_name, run.motors.join(', '), formatMinute(run.time * 1000, now)]
              .filter((part) => part !== null && part !== '')
              .join(' · ')}
          </div>
        </>
      ),
    },
    {
      key: 'state',
      header: '',
      width: 'auto',
      align: 'right',
      cell: (run) => (
        <>
          <StateChip {...runState(run)} />
          <div className="small muted">{formatCount(run.points)}</div>
        </>
      ),
    },
  ]
}
