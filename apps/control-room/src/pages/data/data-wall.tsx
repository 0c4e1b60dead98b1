import type { LiveChannelState, LiveGrid } from '@beamtime/http-gateway/ui-types'
import { useEffect, useState, type ReactElement } from 'react'
import type { DataSearch } from '../../app/router.tsx'
import { useNow } from '../../app/use-control-room.ts'
import { formatClock } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { GridView } from './grid-view.tsx'
import { timeOfSearch } from './output-time.ts'
import type { Grids } from './use-grids.ts'

export interface DataWallProps {
  readonly instrument: string
  readonly state: LiveChannelState
  readonly grids: Grids
  readonly search: DataSearch
  readonly isFrozen: boolean
}

/** Live data seen from afar: one grid, or all of them in turn; no controls. */
export function DataWall({ instrument, state, grids, search }: DataWallProps): ReactElement {
  const shown = grids.list.filter(({ enabled }) => enabled)
  const turn = useTurn(search.cycle)
  const chosen = gridOnWall(shown, search.tab, search.cycle === undefined ? null : turn)
  return (
    <>
      <header className="wall-head">
        <h1>{chosen?.title ?? t.data.overview}</h1>
        <span className="sub">{state.title}</span>
        <span className="grow" />
        {state.isConnected ? null : <span className="wall-late">{t.data.disconnected}</span>}
        <Clock />
      </header>
      <GridView
        key={chosen?.title ?? ''}
        instrument={instrument}
        state={state}
        grid={chosen}
        time={timeOfSearch(search.time, search.combine)}
        isFrozen={false}
        full={null}
        isWall
        onFull={() => undefined}
        onGrid={() => Promise.resolve()}
      />
    </>
  )
}

/** The grid of a turn; without turns that of the address. Null: the overview. */
export function gridOnWall(
  grids: readonly LiveGrid[],
  tab: string | undefined,
  turn: number | null,
): LiveGrid | null {
  const first = grids.findIndex(({ title }) => `grid:${title}` === tab)
  if (turn === null) return grids[first] ?? null
  return grids.length === 0 ? null : (grids[(Math.max(0, first) + turn) % grids.length] ?? null)
}

/** Counts the turns of so many seconds; does not without. */
function useTurn(seconds: number | undefined): number {
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (seconds === undefined) return undefined
    const timer = setInterval(() => setTurn((one) => one + 1), seconds * 1_000)
    return () => clearInterval(timer)
  }, [seconds])
  return turn
}

function Clock(): ReactElement {
  return <span className="num wall-clock">{formatClock(useNow())}</span>
}
