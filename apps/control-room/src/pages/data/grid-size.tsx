import type { LiveGrid } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'

const sides = [2, 3, 4, 5, 6] as const

export interface GridFieldsProps {
  readonly grid: LiveGrid
  readonly onGrid: (grid: LiveGrid) => void
}

/** Title, description and size of a layout. */
export function GridFields({ grid, onGrid }: GridFieldsProps): ReactElement {
  const side = (label: string, key: 'nrows' | 'ncols'): ReactElement => (
    <label className="enum-field">
      <span className="field-label">{label}</span>
      <select
        className="select"
        value={grid[key]}
        onChange={(event) => onGrid({ ...grid, [key]: Number(event.currentTarget.value) })}
      >
        {sides.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <>
      <TextField
        label={t.data.gridTitle}
        value={grid.title}
        maxLength={200}
        data-autofocus
        onChange={(event) => onGrid({ ...grid, title: event.currentTarget.value })}
      />
      <TextField
        label={t.grids.description}
        value={grid.description ?? ''}
        maxLength={1_000}
        onChange={(event) => {
          const { description: _, ...plain } = grid
          const description = event.currentTarget.value
          onGrid(description === '' ? plain : { ...plain, description })
        }}
      />
      <div className="grid-sides">
        {side(t.grids.rows, 'nrows')}
        {side(t.grids.columns, 'ncols')}
      </div>
    </>
  )
}

/** Why a layout cannot be saved; null when it can. `others` are the layouts beside it. */
export function gridProblem(grid: LiveGrid, others: readonly LiveGrid[]): string | null {
  const title = grid.title.trim()
  if (title === '') return t.data.gridTitle
  if (others.some((one) => one.title === title)) return t.grids.titleTaken
  const outside = grid.cells.filter(
    ({ geometry: g }) => g.row + g.row_span > grid.nrows || g.col + g.col_span > grid.ncols,
  ).length
  return outside === 0 ? null : t.grids.outside(outside)
}
