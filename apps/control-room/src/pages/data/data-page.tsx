import type { LiveChannelState, LiveGrid, LiveInstrumentInfo } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState, type ReactElement } from 'react'
import { profileOfPage } from '../../app/app-profile.ts'
import type { DataSearch } from '../../app/router.tsx'
import { useControlRoom } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Stateful, useStaleClass } from '../../parts/stateful.tsx'
import { t } from '../../text/text.ts'
import { choiceOf, hasRoom, withPlot } from './add-plot.ts'
import { DataBar } from './data-bar.tsx'
import { GridView } from './grid-view.tsx'
import { ManageTab } from './manage-tab.tsx'
import type { DraggedOutput } from './output-chips.tsx'
import { timeOfSearch } from './output-time.ts'
import { StatusTab } from './status-tab.tsx'
import { freeTitle, useGrids, type Grids } from './use-grids.ts'
import { stateFor, useLiveState } from './use-live.ts'
import { DataWall } from './data-wall.tsx'
import { WorkflowsTab } from './workflows-tab.tsx'
import './data.css'

/** Event streams reduced while they arrive. */
export function DataPage(): ReactElement {
  const { http } = useControlRoom()
  const params = useParams({ strict: false })
  const own = profileOfPage()
  const found = useQuery({
    queryKey: ['livedata'],
    queryFn: ({ signal }) => http.get<readonly LiveInstrumentInfo[]>('/livedata', signal),
  })
  const list = found.data ?? []
  const name = params.instrument ?? own.instrument ?? list[0]?.name
  return (
    <Stateful
      scope="read:monitor"
      isLoading={found.isPending}
      error={found.error}
      onRetry={() => void found.refetch()}
      empty={
        list.length > 0 ? null : (
          <>
            <strong>{t.data.none}</strong>
            <span>{t.data.noneHelp}</span>
          </>
        )
      }
    >
      {name === undefined ? null : <Instrument key={name} name={name} names={list.map((one) => one.name)} />}
    </Stateful>
  )
}

interface InstrumentProps {
  readonly name: string
  readonly names: readonly string[]
}

/** Tabs that show when workers and jobs were last heard of. */
const tabsOfWorkers: ReadonlySet<string> = new Set(['workflows', 'status'])

function Instrument({ name, names }: InstrumentProps): ReactElement {
  const search: DataSearch = useSearch({ strict: false })
  const state = useLiveState(name, !tabsOfWorkers.has(search.tab ?? ''))
  const navigate = useNavigate()
  const stale = useStaleClass()
  const [isFrozen, setFrozen] = useState(false)
  const grids = useGrids(name)
  const { profile } = profileOfPage()
  const shown = state === null ? null : stateFor(profile, state)
  const onSearch = (change: Partial<DataSearch>): void =>
    void navigate({
      to: '/data/$instrument',
      params: { instrument: name },
      search: { ...search, ...change },
      replace: change.tab === undefined,
    })
  const onAdd = useAddOutput({ grids, state: shown, onTab: (tab) => onSearch({ tab, cell: undefined }) })
  const content =
    shown === null ? null : { instrument: name, state: shown, grids, search, isFrozen, onSearch, onAdd }
  if (search.view === 'wall')
    return (
      <div className={`page data-page wall${stale}`}>
        <Stateful isLoading={content === null} skeletonRows={12}>
          {content === null ? null : <DataWall {...content} />}
        </Stateful>
      </div>
    )
  return (
    <div className={`page data-page${stale}`}>
      <DataBar
        name={name}
        names={names}
        grids={grids}
        chosen={search.tab ?? 'overview'}
        search={search}
        state={shown}
        isFrozen={isFrozen}
        onFreeze={setFrozen}
        onSearch={onSearch}
        onAdd={onAdd}
      />
      {state?.isConnected === false ? (
        <div className="banner attention" role="status">
          {t.data.disconnected}
        </div>
      ) : null}
      <Stateful isLoading={content === null} skeletonRows={12}>
        {content === null ? null : <Content {...content} />}
      </Stateful>
    </div>
  )
}

interface ContentProps {
  readonly instrument: string
  readonly state: LiveChannelState
  readonly grids: Grids
  readonly search: DataSearch
  readonly isFrozen: boolean
  readonly onSearch: (change: Partial<DataSearch>) => void
  readonly onAdd: (grid: LiveGrid | null, dragged: DraggedOutput) => void
}

function Content({
  instrument,
  state,
  grids,
  search,
  isFrozen,
  onSearch,
  onAdd,
}: ContentProps): ReactElement {
  const chosen = search.tab ?? 'overview'
  if (chosen === 'workflows')
    return <WorkflowsTab instrument={instrument} state={state} grids={grids.list} onAdd={onAdd} />
  if (chosen === 'status') return <StatusTab instrument={instrument} state={state} />
  if (chosen === 'manage') return <ManageTab instrument={instrument} state={state} grids={grids} />
  const grid = grids.list.find(({ title }) => `grid:${title}` === chosen) ?? null
  return (
    <GridView
      key={chosen}
      instrument={instrument}
      state={state}
      grid={grid}
      time={timeOfSearch(search.time, search.combine)}
      isFrozen={isFrozen}
      full={search.cell ?? null}
      isWall={false}
      onFull={(cell) => onSearch({ cell: cell ?? undefined })}
      onGrid={(next) => (grid === null ? Promise.resolve() : grids.change(grid.title, next))}
    />
  )
}

/** Puts an output into a layout, or into a new one, and shows it. */
function useAddOutput({
  grids,
  state,
  onTab,
}: {
  readonly grids: Grids
  readonly state: LiveChannelState | null
  readonly onTab: (tab: string) => void
}): (grid: LiveGrid | null, dragged: DraggedOutput) => void {
  const { notices } = useControlRoom()
  return (grid, dragged) => {
    const workflow = state?.workflows.find(({ id }) => id === dragged.workflow)
    const output = workflow?.outputs.find(({ name }) => name === dragged.output)
    if (state === null || workflow === undefined || output === undefined) return
    const empty = {
      title: freeTitle(grids.list, t.data.newGrid),
      nrows: 3,
      ncols: 3,
      enabled: true,
      cells: [],
    }
    const target = grid ?? empty
    if (!hasRoom(target)) {
      notices.add({ state: 'attention', text: t.grids.noRoom(target.title) })
      return
    }
    const next = withPlot(target, { kind: 'free' }, choiceOf(state, workflow, output))
    const saved = grid === null ? grids.save([...grids.list, next]) : grids.change(grid.title, next)
    saved.then(
      () => onTab(`grid:${target.title}`),
      (failure: unknown) => notices.add({ state: 'bad', text: errorText(failure) }),
    )
  }
}
