/** Values of a two-dimensional scan by cell, row 0 first, from its points in order. */
export interface HeatGrid {
  readonly rows: number
  readonly columns: number
  /** NaN where no point has arrived. */
  readonly values: Float64Array
  /** Centres of the first and last cell: x of the columns, y of the rows. */
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
  /** Cell of the newest point. */
  readonly current: { readonly row: number; readonly column: number } | null
  readonly isSnaking: boolean
  readonly filled: number
}

export interface GridShape {
  readonly shape: readonly [number, number]
  readonly extents: readonly [readonly [number, number], readonly [number, number]]
  readonly snaking: boolean
}

const maxCells = 16_000_000

/** Cell of point `index` (from 0); odd rows of a snaking scan run backwards. */
export function cellOf(grid: GridShape, index: number): { row: number; column: number } {
  const columns = Math.max(1, grid.shape[1])
  const row = Math.floor(index / columns)
  const step = index % columns
  return { row, column: grid.snaking && row % 2 === 1 ? columns - 1 - step : step }
}

export function heatGrid(grid: GridShape, points: ArrayLike<number>, sequence?: ArrayLike<number>): HeatGrid {
  const [rows, columns] = grid.shape
  const cells = rows * columns
  const size = Number.isInteger(cells) && cells > 0 && cells <= maxCells ? cells : 0
  const values = new Float64Array(size).fill(Number.NaN)
  for (let i = 0; i < points.length; i += 1) {
    const { row, column } = cellOf(grid, (sequence?.[i] ?? i + 1) - 1)
    if (row >= 0 && row < rows) values[row * columns + column] = points[i] ?? Number.NaN
  }
  const last = points.length === 0 ? null : cellOf(grid, (sequence?.[points.length - 1] ?? points.length) - 1)
  return {
    rows,
    columns,
    values,
    x: grid.extents[1],
    y: grid.extents[0],
    current: last !== null && last.row < rows ? last : null,
    isSnaking: grid.snaking,
    filled: points.length,
  }
}
