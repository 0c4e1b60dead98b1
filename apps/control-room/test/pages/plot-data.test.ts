import { expect, test } from 'vitest'
import { binned, correlated } from '../../src/pages/data/plots/correlation.ts'
import { cropped } from '../../src/pages/data/plots/crop-grid.ts'
import { writeNumber } from '../../src/pages/data/plots/notation.ts'
import { settingsOf } from '../../src/pages/data/plots/plot-params.ts'
import { perSecond } from '../../src/pages/data/plots/rates.ts'
import type { ShownOutput } from '../../src/pages/data/plots/shown-output.ts'
import { flattened, sliced } from '../../src/pages/data/plots/slices.ts'

const usual = settingsOf(null)

/** 2 x 3 x 4, each value its own index as digits. */
const cube: ShownOutput = {
  title: 'cube',
  unit: 'counts',
  shape: [2, 3, 4],
  axes: ['t', 'y', 'x'],
  values: Float64Array.from(
    { length: 24 },
    (_, i) => 100 * Math.floor(i / 12) + 10 * (Math.floor(i / 4) % 3) + (i % 4),
  ),
  errors: null,
  coords: new Map([['t', { values: Float64Array.of(0, 2, 6), unit: 'ms' }]]),
  startTimeMs: 1_000,
  timeMs: 3_000,
  sum: 0,
}

test('a slice of three dimensions has the coordinate of its place, centres of bins included', () => {
  const found = sliced(cube, usual, { t: 1 })
  expect(found?.slice).toEqual({ dimension: 't', index: 1, count: 2, value: 4, unit: 'ms' })
  expect(found?.output.shape).toEqual([3, 4])
  expect([...(found?.output.values.subarray(0, 5) ?? [])]).toEqual([100, 101, 102, 103, 110])
})

test('any dimension can be sliced, and a place that does not exist is the nearest one', () => {
  const found = sliced(cube, { ...usual, dimension: 'x' }, { x: 9 })
  expect(found?.slice).toMatchObject({ dimension: 'x', index: 3, count: 4 })
  expect(found?.output.axes).toEqual(['t', 'y'])
  expect([...(found?.output.values ?? [])]).toEqual([3, 13, 23, 103, 113, 123])
})

test('the sum of all slices needs no place', () => {
  const found = sliced(cube, { ...usual, sliceMode: 'flatten', dimension: 'y' }, {})
  expect(found?.slice).toBe(null)
  expect([...(found?.output.values ?? [])]).toEqual([30, 33, 36, 39, 330, 333, 336, 339])
})

test('dimensions are laid one after the other along x and y, in either order', () => {
  const flat = flattened(cube, { ...usual, xDimensions: 't, x' })
  expect(flat?.shape).toEqual([3, 8])
  expect(flat?.axes).toEqual(['y', 't, x'])
  expect([...(flat?.values.subarray(0, 8) ?? [])]).toEqual([0, 1, 2, 3, 100, 101, 102, 103])
  const turned = flattened(cube, { ...usual, xDimensions: 't, x', isReversed: true, isTransposed: true })
  expect(turned?.shape).toEqual([8, 3])
  expect(turned?.axes).toEqual(['x, t', 'y'])
  expect([...(turned?.values.subarray(0, 6) ?? [])]).toEqual([0, 10, 20, 100, 110, 120])
  expect(flattened({ ...cube, shape: [24] }, usual)).toBe(null)
})

test('counts are divided by the seconds in which they were counted', () => {
  const rate = perSecond(cube)
  expect(rate.unit).toBe('counts/s')
  expect(rate.values[23]).toBe(123 / 2)
  expect(perSecond({ ...cube, startTimeMs: null })).toMatchObject({ unit: 'counts' })
})

test('a point is paired with what the axis read last at or before it, and left out before the first reading', () => {
  const series = { times: [1_000, 2_000, 3_000, 4_000], values: [1, 2, 3, 4] }
  const axis = { times: [2_000, 3_500], values: [10, 20] }
  expect(correlated(series, [axis], false)).toEqual({ axes: [[10, 10, 20]], values: [2, 3, 4] })
  const late = { times: [3_000], values: [7] }
  expect(correlated(series, [axis, late], false)).toEqual({
    axes: [
      [10, 20],
      [7, 7],
    ],
    values: [3, 4],
  })
})

test('by time each point counts per second since the one before, which the first does not have', () => {
  const series = { times: [0, 2_000, 2_500], values: [8, 8, 8] }
  const axis = { times: [0], values: [5] }
  expect(correlated(series, [axis], true)).toEqual({ axes: [[5, 5]], values: [4, 16] })
})

test('bins hold sums, or means with gaps, over the range of the points', () => {
  const points = { axes: [[0, 0.4, 10]], values: [1, 2, 5] }
  const sums = binned(points, [5], false)
  expect([...sums.values]).toEqual([3, 0, 0, 0, 5])
  expect(sums.axes).toEqual([{ first: 1, last: 9, bins: 5 }])
  expect([...binned(points, [5], true).values]).toEqual([1.5, Number.NaN, Number.NaN, Number.NaN, 5])
  const one = binned({ axes: [[3, 3]], values: [1, 1] }, [4], false)
  expect(one.values.reduce((all, value) => all + value, 0)).toBe(2)
})

test('bins of two axes make a picture, the first axis along x', () => {
  const found = binned(
    {
      axes: [
        [0, 1, 1],
        [0, 0, 1],
      ],
      values: [1, 2, 4],
    },
    [2, 2],
    false,
  )
  expect([...found.values]).toEqual([1, 2, 0, 4])
})

test('a window cuts whole cells out of a picture, also where an axis falls', () => {
  const grid = {
    rows: 2,
    columns: 4,
    values: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7),
    x: [0.5, 3.5],
    y: [1.5, 0.5],
    current: null,
    isSnaking: false,
    filled: 8,
  } as const
  const part = cropped(grid, { x: [1.2, 2.8], y: [0, 1] })
  expect(part).toMatchObject({ rows: 1, columns: 2, x: [1.5, 2.5], y: [0.5, 0.5] })
  expect([...part.values]).toEqual([5, 6])
  expect(cropped(grid, { x: [-9, 9], y: null })).toBe(grid)
})

test('numbers are written as a layout wants them', () => {
  const write = (
    value: number,
    notation: 'auto' | 'scientific' | 'decimal' | 'compact',
    precision: number | null,
  ): string => writeNumber(value, { notation, precision })
  expect(write(1234.5678, 'decimal', 2)).toBe('1234.57')
  expect(write(1234.5678, 'decimal', -2)).toBe('1200')
  expect(write(-1234.5678, 'scientific', 1)).toBe('−1.2e3')
  expect(write(1_234_567, 'compact', null)).toBe('1.23M')
  expect(write(0.5, 'compact', null)).toBe('0.5')
  expect(write(Number.NaN, 'auto', null)).toBe('–')
})
