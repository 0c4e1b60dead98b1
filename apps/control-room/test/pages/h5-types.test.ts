import { expect, test } from 'vitest'
import {
  frameCount,
  imageSelection,
  lineSelection,
  memberNames,
  numbersOf,
  tableSelection,
  typeName,
} from '../../src/pages/files/h5-types.ts'
import { axisNames, joinPath } from '../../src/pages/files/nx-data.ts'

test('a small image is asked for whole', () => {
  expect(imageSelection([100, 200], 0, 1_000_000)).toEqual({
    selection: '::1,::1',
    rows: 100,
    columns: 200,
    step: 1,
  })
})

test('of a large image only so many pixels come as can be seen', () => {
  const { selection, rows, columns, step } = imageSelection([7, 2_167, 2_070], 3, 1_048_576)
  expect(selection).toBe('3,::3,::3')
  expect([rows, columns, step]).toEqual([723, 690, 3])
  expect(rows * columns).toBeLessThanOrEqual(1_048_576)
})

test('the number of a frame becomes an index in each outer dimension, the last one fastest', () => {
  const shape = [2, 3, 4, 10, 10]
  expect(frameCount(shape)).toBe(24)
  const outer = (frame: number): string => imageSelection(shape, frame, 100).selection
  expect(outer(0)).toBe('0,0,0,::1,::1')
  expect(outer(7)).toBe('0,1,3,::1,::1')
  expect(outer(23)).toBe('1,2,3,::1,::1')
})

test('an image without outer dimensions is one frame', () => {
  expect(frameCount([512, 512])).toBe(1)
  expect(frameCount([0, 512, 512])).toBe(0)
})

test('numbers are read as their type says, with sign and size', () => {
  const bytes = new Uint8Array([0xff, 0xff, 1, 0, 0, 0, 0, 0]).buffer
  const read = (size: number, sign: number): number[] => [...numbersOf({ class: 0, size, sign }, bytes)]
  expect(read(1, 0).slice(0, 3)).toEqual([255, 255, 1])
  expect(read(1, 1).slice(0, 3)).toEqual([-1, -1, 1])
  expect(read(2, 0)).toEqual([65_535, 1, 0, 0])
  expect(read(2, 1)).toEqual([-1, 1, 0, 0])
  expect(read(4, 0)).toEqual([131_071, 0])
  expect(read(8, 0)).toEqual([131_071])
  expect([...numbersOf({ class: 0, size: 8, sign: 1 }, BigInt64Array.of(-5n).buffer)]).toEqual([-5])
  expect([...numbersOf({ class: 1, size: 4 }, Float32Array.of(0.5, Number.NaN).buffer)]).toEqual([
    0.5,
    Number.NaN,
  ])
  expect([...numbersOf({ class: 1, size: 8 }, Float64Array.of(0.1).buffer)]).toEqual([0.1])
})

test('types have the names that people use', () => {
  expect(typeName({ class: 0, size: 2, sign: 0 })).toBe('uint16')
  expect(typeName({ class: 0, size: 8, sign: 1 })).toBe('int64')
  expect(typeName({ class: 1, size: 4 })).toBe('float32')
  expect(typeName({ class: 3 })).toBe('text')
})

test('a long row is thinned out to what can be drawn, a stretch of it is not', () => {
  expect(lineSelection([], 0, 1_000_000)).toEqual({ selection: '0:1000000:50', step: 50 })
  expect(lineSelection([4, 0], 100, 200)).toEqual({ selection: '4,0,100:200:1', step: 1 })
})

test('a table has as many rows and columns as can be read', () => {
  expect(tableSelection([5], [])).toEqual({ selection: '0:5', rows: 5, columns: 1 })
  expect(tableSelection([3, 1_000, 2_000], [2])).toEqual({
    selection: '2,0:312,0:64',
    rows: 312,
    columns: 64,
  })
})

test('a compound has its members as columns, any other type none', () => {
  expect(
    memberNames({
      class: 6,
      members: [
        { name: 'x', type: {} },
        { name: 'y', type: {} },
      ],
    }),
  ).toEqual(['x', 'y'])
  expect(memberNames({ class: 8, members: { off: 0, on: 1 } })).toEqual([])
})

test('axes of NXdata are one name or a list, a dot for none', () => {
  expect(axisNames({ axes: 'x' }, 1)).toEqual(['x'])
  expect(axisNames({ axes: ['.', 'y', 'x'] }, 3)).toEqual([null, 'y', 'x'])
  expect(axisNames({}, 2)).toEqual([null, null])
})

test('a name is looked for in its group, a path from the root', () => {
  expect(joinPath('/', 'entry')).toBe('/entry')
  expect(joinPath('/entry', 'data')).toBe('/entry/data')
  expect(joinPath('/entry', '/other/data')).toBe('/other/data')
})
