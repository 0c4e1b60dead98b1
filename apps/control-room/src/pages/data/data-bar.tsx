import type { LiveChannelState, LiveGrid } from '@beamtime/http-gateway/ui-types'
import { IconPlus, IconSnowflake } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState, type DragEvent, type ReactElement } from 'react'
import type { DataSearch } from '../../app/router.tsx'
import { useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { NewGridDialog } from './new-grid-dialog.tsx'
import { droppedOutput, isOutputDrag, type DraggedOutput } from './output-chips.tsx'
import { LinkToggle } from './plots/link-toggle.tsx'
import { TimeChoice } from './time-choice.tsx'
import type { Grids } from './use-grids.ts'

export interface DataBarProps {
  readonly name: string
  readonly names: readonly string[]
  readonly grids: Grids
  readonly chosen: string
  readonly search: DataSearch
  readonly state: LiveChannelState | null
  readonly isFrozen: boolean
  readonly onFreeze: (on: boolean) => void
  readonly onSearch: (change: Partial<DataSearch>) => void
  readonly onAdd: (grid: LiveGrid, dragged: DraggedOutput) => void
}

/** Title, instrument, tabs and what holds for all plots of the page. */
export function DataBar(props: DataBarProps): ReactElement {
  const { name, names, grids, chosen, isFrozen, onFreeze, search, onSearch } = props
  const navigate = useNavigate()
  const [isAdding, setAdding] = useState(false)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const hasPlots = chosen === 'overview' || chosen.startsWith('grid:')
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
      <DataTabs {...props} />
      <Button
        kind="quiet"
        isIconOnly
        label={t.data.addGrid}
        icon={<IconPlus size={16} stroke={1.75} aria-hidden />}
        disabledReason={reason}
        onPress={() => setAdding(true)}
      />
      <span className="grow" />
      {hasPlots ? (
        <>
          <TimeChoice search={search} onSearch={onSearch} />
          <LinkToggle />
          <Button
            isOn={isFrozen}
            label={isFrozen ? t.data.frozen : t.data.freeze}
            icon={<IconSnowflake size={16} stroke={1.75} aria-hidden />}
            onPress={() => onFreeze(!isFrozen)}
          />
        </>
      ) : null}
      {isAdding ? <NewGridDialog instrument={name} grids={grids} onClose={() => setAdding(false)} /> : null}
    </div>
  )
}

/** An output that is held over a tab for this long opens its grid. */
const springMs = 700

function DataTabs({ name, grids, chosen, state, onAdd }: DataBarProps): ReactElement {
  const navigate = useNavigate()
  const spring = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const [over, setOver] = useState<string | null>(null)
  const running = new Set(
    state?.jobs.filter((job) => job.state !== 'stopped').map(({ workflow }) => workflow),
  ).size
  const tabs: readonly Tab[] = [
    { tab: 'overview', label: t.data.overview },
    ...grids.list
      .filter(({ enabled }) => enabled)
      .map((grid) => ({ tab: `grid:${grid.title}`, label: grid.title, grid })),
    {
      tab: 'workflows',
      label: t.data.workflows,
      ...(running === 0 ? {} : { count: t.data.running(running) }),
    },
    { tab: 'manage', label: t.grids.manage },
    { tab: 'status', label: t.data.status },
  ]
  const leave = (): void => {
    clearTimeout(spring.current)
    setOver(null)
  }
  const dropOf = (tab: string, grid: LiveGrid) => ({
    onDragEnter: (event: DragEvent) => {
      if (!isOutputDrag(event)) return
      leave()
      setOver(tab)
      spring.current = setTimeout(() => {
        void navigate({ to: '/data/$instrument', params: { instrument: name }, search: { tab } })
      }, springMs)
    },
    onDragOver: (event: DragEvent) => {
      if (isOutputDrag(event)) event.preventDefault()
    },
    onDragLeave: leave,
    onDrop: (event: DragEvent) => {
      leave()
      const dropped = droppedOutput(event)
      if (dropped === null) return
      event.preventDefault()
      onAdd(grid, dropped)
    },
  })
  return (
    <nav className="tabs data-tabs" aria-label={t.data.title}>
      {tabs.map(({ tab, label, count, grid }) => (
        <Link
          key={tab}
          to="/data/$instrument"
          params={{ instrument: name }}
          search={(before: DataSearch) => ({
            tab: tab === 'overview' ? undefined : tab,
            time: before.time,
            combine: before.combine,
          })}
          activeOptions={{ exact: true, includeSearch: true }}
          aria-current={tab === chosen ? 'page' : undefined}
          className={over === tab ? 'drop-here' : undefined}
          {...(grid === undefined ? {} : dropOf(tab, grid))}
        >
          {label}
          {count === undefined ? null : <span className="count">{count}</span>}
        </Link>
      ))}
    </nav>
  )
}

interface Tab {
  readonly tab: string
  readonly label: string
  readonly count?: string
  readonly grid?: LiveGrid
}
