import { expect, test } from 'vitest'
import { colourIndex, colourTable } from '../../src/plot/colour-maps.ts'
import { extent, isAscending, minMaxPerColumn, orderByX } from '../../src/plot/decimate.ts'
import { cellOf, heatGrid } from '../../src/plot/heat-grid.ts'
import { niceTicks, tickTexts } from '../../src/plot/ticks.ts'

test('a single high point survives thousands of low ones', () => {
  const n = 100_000
  const x = Float64Array.from({ length: n }, (_, i) => i)
  const y = new Float64Array(n)
  y[54_321] = 99
  const thin = minMaxPerColumn({ x, y }, [0, n], 500)
  expect(thin.x.length).toBeLessThanOrEqual(2_000)
  expect(Math.max(...thin.y)).toBe(99)
  expect(isAscending(thin.x)).toBe(true)
})

test('points of a scan that runs down are put in order for hovering', () => {
  expect(orderByX([1, 2, 3])).toBeUndefined()
  expect([...(orderByX([3, 1, 2]) ?? [])]).toEqual([1, 2, 0])
})

test('the range leaves out what cannot be drawn', () => {
  expect(extent([Number.NaN, 2, -1, Number.POSITIVE_INFINITY])).toEqual([-1, 2])
  expect(extent([-1, 0, 5], true)).toEqual([5, 5])
  expect(extent([])).toBeNull()
})

test('ticks are round and inside the range', () => {
  expect(niceTicks(-0.05, 0.05, 10)).toEqual([
    -0.05, -0.04, -0.03, -0.02, -0.01, 0, 0.01, 0.02, 0.03, 0.04, 0.05,
  ])
  expect(niceTicks(7.06, 7.32, 3)).toEqual([7.1, 7.2, 7.3])
  expect(niceTicks(3, 3, 5)).toEqual([3])
  expect(tickTexts([0, 20_000, 40_000])).toEqual(['0', '20\u00a0000', '40\u00a0000'])
  expect(tickTexts([-0.5, 0, 0.5])).toEqual(['−0.5', '0', '0.5'])
  expect(tickTexts([0, 2e6])).toEqual(['0', '2e6'])
})

test('odd rows of a snaking scan run backwards', () => {
  const shape = {
    shape: [2, 3],
    extents: [
      [0, 1],
      [0, 2],
    ],
    snaking: true,
  } as const
  expect([0, 2, 3, 5].map((i) => cellOf(shape, i))).toEqual([
    { row: 0, column: 0 },
    { row: 0, column: 2 },
    { row: 1, column: 2 },
    { row: 1, column: 0 },
  ])
  const map = heatGrid(shape, [1, 2, 3, 4])
  expect([...map.values]).toEqual([1, 2, 3, Number.NaN, Number.NaN, 4])
  expect(map.current).toEqual({ row: 1, column: 2 })
})

test('points that were left out stay empty, by their sequence numbers', () => {
  const shape = {
    shape: [1, 4],
    extents: [
      [0, 0],
      [0, 3],
    ],
    snaking: false,
  } as const
  expect([...heatGrid(shape, [10, 40], [1, 4]).values]).toEqual([10, Number.NaN, Number.NaN, 40])
})

test('a grid that does not fit in memory is not drawn', () => {
  expect(
    heatGrid(
      {
        shape: [1e6, 1e6],
        extents: [
          [0, 1],
          [0, 1],
        ],
        snaking: false,
      },
      [],
    ).values.length,
  ).toBe(0)
})

test('colour tables have 256 opaque entries, dark to bright for viridis', () => {
  const table = colourTable('viridis')
  expect(table).toHaveLength(256)
  expect(table[0]).toBe(0xff540144)
  expect(table[255]).toBe(0xff25e7fd)
  expect([
    colourIndex(0, 0, 10),
    colourIndex(5, 0, 10),
    colourIndex(99, 0, 10),
    colourIndex(1, 1, 1),
  ]).toEqual([0, 128, 255, 0])
})
