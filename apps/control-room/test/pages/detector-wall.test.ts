import { expect, test } from 'vitest'
import { seenOf } from '../../src/pages/detectors/seen-losses.ts'
import { detectorsOnWall, wallColumns } from '../../src/pages/detectors/wall-grid.ts'

const none = { width: 0, height: 0 }
const [wide, square] = [
  { width: 2, height: 1 },
  { width: 1, height: 1 },
]
const screen = { width: 1920, height: 1080 }

test('a wall shows four detectors at most, the others in turn', () => {
  const known = ['a', 'b', 'c', 'd', 'e', 'f']
  expect(detectorsOnWall(known, undefined, 0)).toEqual(['a', 'b', 'c', 'd'])
  expect(detectorsOnWall(known, undefined, 1)).toEqual(['e', 'f'])
  expect(detectorsOnWall(known, undefined, 2)).toEqual(['a', 'b', 'c', 'd'])
  expect(detectorsOnWall(known, 'f,x,b', 7)).toEqual(['f', 'b'])
  expect(detectorsOnWall([], 'x', 3)).toEqual([])
})

test('pictures on a wall become as large as they can', () => {
  expect(wallColumns([square], screen, none)).toBe(1)
  expect(wallColumns([square, square], screen, none)).toBe(2)
  expect(wallColumns([wide, wide], { width: 1000, height: 1000 }, none)).toBe(1)
  expect(wallColumns([square, square, square, square], screen, none)).toBe(2)
  expect(wallColumns([square, square, square], { width: 3840, height: 1000 }, none)).toBe(3)
  expect(wallColumns([square, square], { width: 0, height: 0 }, none)).toBe(1)
})

test('losses that were seen are told again when the detector counts from zero', () => {
  expect([seenOf(5, 5), seenOf(5, 9), seenOf(5, 2)]).toEqual([5, 5, 0])
})
