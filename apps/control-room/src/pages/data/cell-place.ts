import type { LiveCell, LiveGrid } from '@beamtime/http-gateway/ui-types'

export type Place = LiveCell['geometry']

export const directions = ['left', 'right', 'up', 'down'] as const
export type Direction = (typeof directions)[number]

const steps: Readonly<Record<Direction, readonly [down: number, right: number]>> = {
  left: [0, -1],
  right: [0, 1],
  up: [-1, 0],
  down: [1, 0],
}
const mostRows = 6

/** Where a cell of one place fits; a new row when none is free. */
export function freePlace(grid: LiveGrid): { readonly row: number; readonly col: number } {
  for (let row = 0; row < grid.nrows; row++)
    for (let col = 0; col < grid.ncols; col++)
      if (fits(grid, { row, col, row_span: 1, col_span: 1 }, null)) return { row, col }
  return { row: grid.nrows, col: 0 }
}

/** True when the place is within the layout and free but for cell `own`. The layout may grow to six rows. */
export function fits(grid: LiveGrid, place: Place, own: number | null): boolean {
  return (
    isWithin(grid, place) && !grid.cells.some(({ geometry }, i) => i !== own && overlaps(geometry, place))
  )
}

function isWithin(grid: LiveGrid, { row, col, row_span: rows, col_span: cols }: Place): boolean {
  if (rows < 1 || cols < 1 || row < 0 || col < 0) return false
  return row + rows <= Math.max(mostRows, grid.nrows) && col + cols <= grid.ncols
}

export function overlaps(a: Place, b: Place): boolean {
  return (
    a.row < b.row + b.row_span &&
    b.row < a.row + a.row_span &&
    a.col < b.col + b.col_span &&
    b.col < a.col + a.col_span
  )
}

/** The places between two corners, in any order. */
export function placeBetween(
  a: { readonly row: number; readonly col: number },
  b: { readonly row: number; readonly col: number },
): Place {
  return {
    row: Math.min(a.row, b.row),
    col: Math.min(a.col, b.col),
    row_span: Math.abs(a.row - b.row) + 1,
    col_span: Math.abs(a.col - b.col) + 1,
  }
}

/** The places of one row and column each that no cell takes, row by row. */
export function emptyPlaces(grid: LiveGrid): readonly { readonly row: number; readonly col: number }[] {
  const places = Array.from({ length: grid.nrows * grid.ncols }, (_, at) => ({
    row: Math.floor(at / grid.ncols),
    col: at % grid.ncols,
  }))
  return places.filter((place) => fits(grid, { ...place, row_span: 1, col_span: 1 }, null))
}

/** The layout with a cell of another size, or the same when that place is taken. */
export function resized(
  grid: LiveGrid,
  index: number,
  span: { readonly rows: number; readonly columns: number },
): LiveGrid {
  const cell = grid.cells[index]
  if (cell === undefined) return grid
  return placed(grid, index, { ...cell.geometry, row_span: span.rows, col_span: span.columns })
}

/** The layout with a cell one place further; a cell of the same size that is in the way changes places with it. */
export function moved(grid: LiveGrid, index: number, direction: Direction): LiveGrid {
  const cell = grid.cells[index]
  if (cell === undefined) return grid
  const [down, right] = steps[direction]
  const { geometry } = cell
  const step = { ...geometry, row: geometry.row + down, col: geometry.col + right }
  const next = placed(grid, index, step)
  if (next !== grid) return next
  const far = {
    ...geometry,
    row: geometry.row + down * geometry.row_span,
    col: geometry.col + right * geometry.col_span,
  }
  const other = grid.cells.findIndex(({ geometry: g }) => isSame(g, far))
  return exchanged(grid, index, other)
}

/** The layout with a cell at another place, or the same when it does not fit there. */
export function movedTo(
  grid: LiveGrid,
  index: number,
  corner: { readonly row: number; readonly col: number },
): LiveGrid {
  const cell = grid.cells[index]
  return cell === undefined ? grid : placed(grid, index, { ...cell.geometry, ...corner })
}

/** The layout with two cells in each other's place and size. */
export function exchanged(grid: LiveGrid, one: number, other: number): LiveGrid {
  const [a, b] = [grid.cells[one], grid.cells[other]]
  if (a === undefined || b === undefined || a === b) return grid
  const cells = grid.cells
    .with(one, { ...a, geometry: b.geometry })
    .with(other, { ...b, geometry: a.geometry })
  return { ...grid, cells }
}

function placed(grid: LiveGrid, index: number, geometry: Place): LiveGrid {
  const cell = grid.cells[index]
  if (cell === undefined || !fits(grid, geometry, index)) return grid
  return {
    ...grid,
    nrows: Math.max(grid.nrows, geometry.row + geometry.row_span),
    cells: grid.cells.with(index, { ...cell, geometry }),
  }
}

function isSame(a: Place, b: Place): boolean {
  return a.row === b.row && a.col === b.col && a.row_span === b.row_span && a.col_span === b.col_span
}

/** The place as a style. */
export function areaOf(place: Place): { readonly gridRow: string; readonly gridColumn: string } {
  return {
    gridRow: `${place.row + 1} / span ${place.row_span}`,
    gridColumn: `${place.col + 1} / span ${place.col_span}`,
  }
}
