import { expect, test } from 'vitest'
import { growingColumn } from '../../src/stores/growing-column.ts'
import { liveTable } from '../../src/stores/live-table.ts'
import type { FrameColumn } from '../../src/net/frame-codec.ts'

const column = (name: string, ...values: number[]): FrameColumn => ({
  name,
  dtype: 'f64',
  shape: [values.length],
  data: new Float64Array(values),
})

test('a column grows beyond its first capacity and keeps its values', () => {
  const list = growingColumn(2)
  for (let i = 0; i < 100; i += 1) list.append([i])
  expect(list.length).toBe(100)
  expect([...list.view()]).toEqual(Array.from({ length: 100 }, (_, i) => i))
})

test('writing from a row on replaces what stood behind it', () => {
  const list = growingColumn(4)
  list.append([1, 2, 3, 4])
  list.writeFrom(2, [30])
  expect([...list.view()]).toEqual([1, 2, 30])
})

test('rows that were skipped are missing values, not zeros', () => {
  const list = growingColumn(4)
  list.append([1])
  list.writeFrom(3, [4])
  expect([...list.view()]).toEqual([1, Number.NaN, Number.NaN, 4])
})

test('thinning keeps every second of the old rows and all new ones', () => {
  const list = growingColumn(8)
  list.append([0, 1, 2, 3, 4, 5])
  list.thin(4)
  expect([...list.view()]).toEqual([0, 2, 4, 5])
})

test('rows of a run are kept in order and a first row of 0 starts anew', () => {
  const table = liveTable()
  table.write(0, [column('x', 1, 2), column('y', 10, 20)])
  table.write(2, [column('x', 3), column('y', 30)])
  expect([...(table.numbers('y') ?? [])]).toEqual([10, 20, 30])
  table.write(0, [column('x', 9)])
  expect(table.rows).toBe(1)
  expect(table.numbers('y')).toBeUndefined()
})

test('a row that is measured again after a pause replaces the first reading', () => {
  const table = liveTable()
  table.write(0, [column('x', 1, 2, 3)])
  table.write(1, [column('x', 20)])
  expect([...(table.numbers('x') ?? [])]).toEqual([1, 20])
})

test('listeners are told after each write until they leave', () => {
  const table = liveTable()
  let count = 0
  const leave = table.subscribe(() => {
    count += 1
  })
  table.write(0, [column('x', 1)])
  leave()
  table.write(1, [column('x', 2)])
  expect(count).toBe(1)
})
