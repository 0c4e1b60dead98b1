import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { PointsTable } from '../../run/points-table.tsx'
import { t } from '../../text/text.ts'
import type { RunViewProps } from './live-page.tsx'

/** A run without anything to draw: its points. */
export function TableView({ run }: RunViewProps): ReactElement {
  const choice = useStore(run.store, (view) => view.snap?.choices[0])
  const stream = useStore(run.store, (view) => view.snap?.streams[0])
  const total = useStore(run.store, (view) => view.snap?.summary.num_points ?? null)
  const name = choice?.stream ?? stream?.name
  const columns = choice?.table ?? stream?.columns.map((column) => column.name) ?? []
  return (
    <div className="page-content" style={{ flexDirection: 'column' }}>
      <p className="muted">{t.live.tableOnly}</p>
      {name === undefined ? null : <PointsTable run={run} stream={name} columns={columns} total={total} />}
    </div>
  )
}
