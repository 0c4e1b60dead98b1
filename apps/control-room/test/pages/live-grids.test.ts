// @vitest-environment happy-dom
import type { LiveGrid, LiveLayer } from '@beamtime/http-gateway/ui-types'
import { expect, test } from 'vitest'
import { pictureName } from '../../src/pages/data/cell-picture.ts'
import {
  emptyPlaces,
  exchanged,
  fits,
  freePlace,
  moved,
  movedTo,
  placeBetween,
  resized,
} from '../../src/pages/data/cell-place.ts'
import { withoutLayer } from '../../src/pages/data/grid-cells.tsx'

const layer: LiveLayer = { data_sources: {}, plot_name: 'lines', params: {} }

function gridOf(...places: readonly (readonly [number, number, number, number])[]): LiveGrid {
  return {
    title: 'g',
    nrows: 2,
    ncols: 3,
    enabled: true,
    cells: places.map(([row, col, row_span, col_span]) => ({
      geometry: { row, col, row_span, col_span },
      layers: [layer],
    })),
  }
}

const placesOf = (grid: LiveGrid): readonly (readonly number[])[] =>
  grid.cells.map(({ geometry: g }) => [g.row, g.col, g.row_span, g.col_span])

test('a cell grows into free places and over the last row, not over another cell or the edge', () => {
  const grid = gridOf([0, 0, 1, 1], [0, 2, 1, 1])
  expect(resized(grid, 0, { rows: 2, columns: 2 }).cells[0]?.geometry).toMatchObject({
    row_span: 2,
    col_span: 2,
  })
  expect(resized(grid, 0, { rows: 3, columns: 1 }).nrows).toBe(3)
  expect(resized(grid, 0, { rows: 1, columns: 3 })).toBe(grid)
  expect(resized(grid, 1, { rows: 1, columns: 2 })).toBe(grid)
  expect(resized(grid, 0, { rows: 0, columns: 1 })).toBe(grid)
  expect(fits(grid, { row: 0, col: 0, row_span: 7, col_span: 1 }, 0)).toBe(false)
})

test('a new plot takes the first free place, or a new row', () => {
  expect(freePlace(gridOf([0, 0, 1, 2]))).toEqual({ row: 0, col: 2 })
  expect(freePlace(gridOf([0, 0, 2, 3]))).toEqual({ row: 2, col: 0 })
})

test('a cell moves into a free place, changes places with one of its size, and stays within the layout', () => {
  const grid = gridOf([0, 0, 1, 1], [0, 1, 1, 1], [1, 1, 1, 2])
  expect(placesOf(moved(grid, 0, 'down'))[0]).toEqual([1, 0, 1, 1])
  expect(placesOf(moved(grid, 0, 'right'))).toEqual([
    [0, 1, 1, 1],
    [0, 0, 1, 1],
    [1, 1, 1, 2],
  ])
  expect(moved(grid, 1, 'down')).toBe(grid)
  expect(moved(grid, 0, 'left')).toBe(grid)
  expect(moved(grid, 9, 'left')).toBe(grid)
})

test('a cell that is dropped moves to a free place that it fits into, or changes places and sizes with another', () => {
  const grid = gridOf([0, 0, 1, 1], [0, 1, 2, 2])
  expect(placesOf(movedTo(grid, 0, { row: 1, col: 0 }))[0]).toEqual([1, 0, 1, 1])
  expect(movedTo(grid, 1, { row: 0, col: 2 })).toBe(grid)
  expect(placesOf(exchanged(grid, 0, 1))).toEqual([
    [0, 1, 2, 2],
    [0, 0, 1, 1],
  ])
  expect(exchanged(grid, 0, 0)).toBe(grid)
  expect(exchanged(grid, 0, 7)).toBe(grid)
})

test('two corners in any order span the places between them', () => {
  const place = { row: 0, col: 1, row_span: 2, col_span: 3 }
  expect(placeBetween({ row: 1, col: 3 }, { row: 0, col: 1 })).toEqual(place)
  expect(placeBetween({ row: 0, col: 3 }, { row: 1, col: 1 })).toEqual(place)
})

test('places that no cell takes are offered', () => {
  expect(emptyPlaces(gridOf([0, 0, 2, 2], [0, 2, 1, 1]))).toEqual([{ row: 1, col: 2 }])
})

test('one source of a layer goes, the others stay; an empty layer goes with it', () => {
  const of = (...source_names: string[]): LiveLayer => ({
    ...layer,
    data_sources: { primary: { workflow_id: 'w', source_names, view_name: 'histogram' } },
  })
  const geometry = { row: 0, col: 0, row_span: 1, col_span: 1 }
  const grid = { ...gridOf(), cells: [{ geometry, layers: [of('a', 'b'), of('c')] }] }
  const left = (shown: number): readonly (readonly string[])[] =>
    withoutLayer(grid, 0, shown).cells[0]?.layers.map(
      ({ data_sources }) => data_sources['primary']?.source_names ?? [],
    ) ?? []
  expect([left(0), left(1), left(2)]).toEqual([[['b'], ['c']], [['a'], ['c']], [['a', 'b']]])
})

test('a picture is named after the instrument, its outputs and its sources', () => {
  const keys = [
    'dummy/monitor_histogram/1/monitor1/cumulative',
    'dummy/monitor_histogram/1/monitor2/cumulative',
  ]
  expect(pictureName('dummy', keys)).toBe('DUMMY_cumulative_monitor1-monitor2.png')
  expect(pictureName('dummy', ['dummy/x/1/tank rot\u00e4/val'])).toBe('DUMMY_val_tank_rot_.png')
})
