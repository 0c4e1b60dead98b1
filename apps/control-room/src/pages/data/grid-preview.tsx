import type { LiveCell, LiveGrid } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { t } from '../../text/text.ts'
import { areaOf } from './cell-place.ts'

/** A layout in small: where its plots lie and what they show. */
export function GridPreview({ grid }: { readonly grid: LiveGrid }): ReactElement {
  const { nrows, ncols, cells } = grid
  return (
    <div
      className="grid-preview"
      role="img"
      aria-label={t.grids.preview({ rows: nrows, columns: ncols, plots: cells.length })}
      style={{
        gridTemplateColumns: `repeat(${ncols}, minmax(0, 1fr))`,
        gridTemplateRows: `repeat(${nrows}, minmax(28px, 1fr))`,
      }}
    >
      {Array.from({ length: nrows * ncols }, (_, at) => (
        <span
          key={`place ${at}`}
          className="preview-place"
          style={{ gridRow: Math.floor(at / ncols) + 1, gridColumn: (at % ncols) + 1 }}
        />
      ))}
      {cells.map((cell) => {
        const { row, col } = cell.geometry
        return (
          <span key={`${row} ${col}`} className="preview-cell ellipsis" style={areaOf(cell.geometry)}>
            {titleOf(cell)}
          </span>
        )
      })}
    </div>
  )
}

function titleOf({ user_title: title, layers }: LiveCell): string {
  if (title !== undefined) return title
  const sources = layers.flatMap(({ data_sources: { primary } }) => primary?.source_names ?? [])
  return [...new Set(sources)].join(', ') || (layers[0]?.plot_name ?? '')
}
