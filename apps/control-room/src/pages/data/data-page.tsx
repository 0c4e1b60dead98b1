import type { LiveChannelState, LiveGrid, LiveInstrumentInfo } from '@beamtime/http-gateway/ui-types'
import { IconPlus, IconSnowflake } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState, type ReactElement } from 'react'
import { profileOfPage } from '../../app/app-profile.ts'
import type { DataSearch } from '../../app/router.tsx'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { Stateful, useStaleClass } from '../../parts/stateful.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from '../streams/topic-dialogs.tsx'
import { GridView } from './grid-view.tsx'
import { StatusTab } from './status-tab.tsx'
import { stateFor, useLiveState } from './use-live.ts'
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

function Instrument({
  name,
  names,
}: {
  readonly name: string
  readonly names: readonly string[]
}): ReactElement {
  const { http } = useControlRoom()
  const queries = useQueryClient()
  const state = useLiveState(name)
  const search: DataSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const stale = useStaleClass()
  const [isFrozen, setFrozen] = useState(false)
  const { profile } = profileOfPage()
  const path = `/livedata/${encodeURIComponent(name)}/grids`
  const grids = useQuery({
    queryKey: ['grids', name],
    queryFn: ({ signal }) => http.get<readonly LiveGrid[]>(path, signal),
  })
  const list = grids.data ?? []
  const save = async (next: readonly LiveGrid[]): Promise<void> => {
    await http.put(path, { grids: next })
    await queries.invalidateQueries({ queryKey: ['grids', name] })
  }
  const shown = state === null ? null : stateFor(profile, state)
  const chosen = search.tab ?? 'overview'
  const at = list.findIndex(({ title }) => `grid:${title}` === chosen)
  return (
    <div className={`page data-page${stale}`}>
      <DataBar
        name={name}
        names={names}
        grids={list}
        chosen={chosen}
        state={shown}
        isFrozen={isFrozen}
        onFreeze={setFrozen}
        onSave={save}
      />
      {state?.isConnected === false ? (
        <div className="banner attention" role="status">
          {t.data.disconnected}
        </div>
      ) : null}
      <Stateful isLoading={shown === null} skeletonRows={12}>
        {shown === null ? null : chosen === 'workflows' ? (
          <WorkflowsTab instrument={name} state={shown} />
        ) : chosen === 'status' ? (
          <StatusTab state={shown} />
        ) : (
          <GridView
            key={chosen}
            instrument={name}
            state={shown}
            grid={list[at] ?? null}
            isFrozen={isFrozen}
            full={search.cell ?? null}
            isWall={false}
            onFull={(cell) =>
              void navigate({
                to: '/data/$instrument',
                params: { instrument: name },
                search: { ...search, cell: cell ?? undefined },
              })
            }
            onGrid={async (grid) => {
              await save(grid === null ? list.filter((_, index) => index !== at) : list.with(at, grid))
              if (grid === null) void navigate({ to: '/data/$instrument', params: { instrument: name } })
            }}
          />
        )}
      </Stateful>
    </div>
  )
}

interface DataBarProps {
  readonly name: string
  readonly names: readonly string[]
  readonly grids: readonly LiveGrid[]
  readonly chosen: string
  readonly state: LiveChannelState | null
  readonly isFrozen: boolean
  readonly onFreeze: (on: boolean) => void
  readonly onSave: (grids: readonly LiveGrid[]) => Promise<void>
}

function DataBar(props: DataBarProps): ReactElement {
  const { name, names, grids, chosen, state, isFrozen, onFreeze, onSave } = props
  const navigate = useNavigate()
  const [isAdding, setAdding] = useState(false)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const running = new Set(state?.jobs.filter((job) => job.state !== 'stopped').map((job) => job.workflow))
    .size
  const tabs = [
    { tab: 'overview', label: t.data.overview, count: '' },
    ...grids.map(({ title }) => ({ tab: `grid:${title}`, label: title, count: '' })),
    { tab: 'workflows', label: t.data.workflows, count: running === 0 ? '' : t.data.running(running) },
    { tab: 'status', label: t.data.status, count: '' },
  ]
  return (
    <div className="page-bar">
      <h1>{t.data.title}</h1>
      {names.length < 2 ? (
        <span className="sub">{name}</span>
      ) : (
        <select
          className="select"
          aria-label={t.data.instrument}
          value={name}
          onChange={(event) =>
            void navigate({ to: '/data/$instrument', params: { instrument: event.currentTarget.value } })
          }
        >
          {names.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      )}
      <nav className="tabs data-tabs" aria-label={t.data.title}>
        {tabs.map(({ tab, label, count }) => (
          <Link
            key={tab}
            to="/data/$instrument"
            params={{ instrument: name }}
            search={{ tab: tab === 'overview' ? undefined : tab }}
            activeOptions={{ exact: true, includeSearch: true }}
            aria-current={tab === chosen ? 'page' : undefined}
          >
            {label}
            {count === '' ? null : <span className="count">{count}</span>}
          </Link>
        ))}
      </nav>
      <Button
        kind="quiet"
        isIconOnly
        label={t.data.addGrid}
        icon={<IconPlus size={16} stroke={1.75} aria-hidden />}
        disabledReason={reason}
        onPress={() => setAdding(true)}
      />
      <span className="grow" />
      <Button
        isOn={isFrozen}
        label={isFrozen ? t.data.frozen : t.data.freeze}
        icon={<IconSnowflake size={16} stroke={1.75} aria-hidden />}
        onPress={() => onFreeze(!isFrozen)}
      />
      {isAdding ? (
        <NewGrid name={name} grids={grids} onSave={onSave} onClose={() => setAdding(false)} />
      ) : null}
    </div>
  )
}

function NewGrid({
  name,
  grids,
  onSave,
  onClose,
}: Pick<DataBarProps, 'name' | 'grids' | 'onSave'> & { readonly onClose: () => void }): ReactElement {
  const navigate = useNavigate()
  const [title, setTitle] = useState(`${t.data.newGrid} ${grids.length + 1}`)
  return (
    <ActionDialog
      title={t.data.addGrid}
      action={t.data.addGrid}
      disabledReason={title === '' || grids.some((grid) => grid.title === title) ? t.data.gridTitle : null}
      onClose={onClose}
      onAct={async () => {
        await onSave([...grids, { title, nrows: 2, ncols: 3, enabled: true, cells: [] }])
        await navigate({
          to: '/data/$instrument',
          params: { instrument: name },
          search: { tab: `grid:${title}` },
        })
      }}
    >
      <TextField
        label={t.data.gridTitle}
        value={title}
        data-autofocus
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
    </ActionDialog>
  )
}
