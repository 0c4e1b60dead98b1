import type { LiveChannelState, LiveGrid } from '@beamtime/http-gateway/ui-types'
import { Link } from '@tanstack/react-router'
import { useMemo, type ReactElement } from 'react'
import { profileOfPage } from '../../app/app-profile.ts'
import { useControlRoom } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { t } from '../../text/text.ts'
import { GridCells } from './grid-cells.tsx'
import type { ShownTime } from './output-time.ts'
import { gridCells, overviewCells } from './shown-cells.ts'

export interface GridViewProps {
  readonly instrument: string
  readonly state: LiveChannelState
  /** Null: the overview. */
  readonly grid: LiveGrid | null
  readonly time: ShownTime
  readonly isFrozen: boolean
  readonly full: number | null
  readonly isWall: boolean
  readonly onGrid: (grid: LiveGrid) => Promise<void>
  readonly onFull: (index: number | null) => void
}

/** The plots of a layout, or of all that runs. */
export function GridView(props: GridViewProps): ReactElement {
  const { instrument, state, grid, time, isWall, onGrid } = props
  const { notices } = useControlRoom()
  const { profile } = profileOfPage()
  const cells = useMemo(() => {
    if (grid === null) return overviewCells(state, time)
    const placed = gridCells(grid, state, time)
    // A dashboard of one group knows nothing of the others.
    return profile === 'all' ? placed : placed.filter(({ key }) => key !== '')
  }, [grid, state, time, profile])
  if (grid === null && cells.length === 0)
    return (
      <div className="empty">
        <strong>{t.data.nothingRuns}</strong>
        <span>{t.data.nothingRunsHelp}</span>
        {isWall ? null : (
          <Link
            to="/data/$instrument"
            params={{ instrument }}
            search={{ tab: 'workflows' }}
            className="button"
          >
            {t.data.openWorkflows}
          </Link>
        )}
      </div>
    )
  return (
    <GridCells
      {...props}
      cells={cells}
      onGrid={async (next) => {
        try {
          await onGrid(next)
        } catch (failure) {
          notices.add({ state: 'bad', text: errorText(failure) })
          throw failure
        }
      }}
    />
  )
}
