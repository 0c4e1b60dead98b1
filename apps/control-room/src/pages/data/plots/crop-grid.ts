import type { HeatGrid } from '../../../plot/heat-grid.ts'
import type { Range } from '../../../plot/plot-range.ts'

/** The cells of a picture that lie in a window of x and y; the same grid when nothing is cut off. */
export function cropped(
  grid: HeatGrid,
  window: { readonly x: Range | null; readonly y: Range | null },
): HeatGrid {
  const columns = cellsIn(grid.x, grid.columns, window.x)
  const rows = cellsIn(grid.y, grid.rows, window.y)
  if (columns.from === 0 && rows.from === 0 && columns.count === grid.columns && rows.count === grid.rows)
    return grid
  const values = new Float64Array(rows.count * columns.count)
  for (let row = 0; row < rows.count; row += 1) {
    const start = (rows.from + row) * grid.columns + columns.from
    values.set(grid.values.subarray(start, start + columns.count), row * columns.count)
  }
  return {
    ...grid,
    values,
    rows: rows.count,
    columns: columns.count,
    x: columns.span,
    y: rows.span,
    filled: rows.count * columns.count,
  }
}

function cellsIn(
  [first, last]: Range,
  cells: number,
  window: Range | null,
): { readonly from: number; readonly count: number; readonly span: Range } {
  if (window === null || cells < 2 || first === last) return { from: 0, count: cells, span: [first, last] }
  const step = (last - first) / (cells - 1)
  const ends = window.map((value) => (value - first) / step + 0.5)
  const from = Math.min(cells - 1, Math.max(0, Math.floor(Math.min(...ends))))
  const to = Math.min(cells, Math.max(from + 1, Math.ceil(Math.max(...ends))))
  return { from, count: to - from, span: [first + from * step, first + (to - 1) * step] }
}
