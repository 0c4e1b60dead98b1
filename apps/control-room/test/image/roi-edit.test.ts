import { expect, test } from 'vitest'
import { bandOf, drawnRoi, handlesOf, middleRoi, movedRoi, withHandle } from '../../src/image/roi-edit.ts'

const rect = drawnRoi({ id: 1, kind: 'rect', width: 5 }, [
  { x: 10.4, y: 20.6 },
  { x: 30.2, y: 5.5 },
])

test('frames lie between pixels, ends of lines to a tenth of one, and only lines have a width', () => {
  expect(rect).toEqual({
    id: 1,
    kind: 'rect',
    pts: [
      [10, 21],
      [30, 6],
    ],
  })
  const line = drawnRoi({ id: 2, kind: 'line', width: 5 }, [
    { x: 10.44, y: 20.66 },
    { x: 30, y: 5.5 },
  ])
  expect(line).toMatchObject({
    width: 5,
    pts: [
      [10.4, 20.7],
      [30, 5.5],
    ],
  })
  expect(movedRoi(line, 0.26, -10).pts).toEqual([
    [10.7, 10.7],
    [30.3, -4.5],
  ])
})

test('a corner that is dragged moves its two sides and leaves the others', () => {
  expect(handlesOf(rect)).toEqual([
    { x: 10, y: 21 },
    { x: 30, y: 21 },
    { x: 30, y: 6 },
    { x: 10, y: 6 },
  ])
  for (const handle of [0, 1, 2, 3]) {
    const moved = handlesOf(withHandle(rect, handle, { x: 99, y: 77 }))
    const opposite = (handle + 2) % 4
    expect(moved[handle]).toEqual({ x: 99, y: 77 })
    expect(moved[opposite]).toEqual(handlesOf(rect)[opposite])
  }
})

test('a corner of a polygon and an end of a line move alone', () => {
  const polygon = drawnRoi({ id: 3, kind: 'polygon' }, [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 5, y: 8 },
  ])
  expect(withHandle(polygon, 1, { x: 12.34, y: 1 }).pts).toEqual([
    [0, 0],
    [12.3, 1],
    [5, 8],
  ])
})

test('the band of a line has its width, half on each side', () => {
  const band = bandOf({
    id: 1,
    kind: 'line',
    width: 4,
    pts: [
      [0, 10],
      [20, 10],
    ],
  })
  expect(band).toEqual([
    { x: 0, y: 12 },
    { x: 20, y: 12 },
    { x: 20, y: 8 },
    { x: 0, y: 8 },
  ])
  expect(
    bandOf({
      id: 1,
      kind: 'line',
      pts: [
        [3, 3],
        [3, 3],
      ],
    }),
  ).toHaveLength(4)
})

test('a region can be made in the middle of what is shown without drawing it', () => {
  const shown = { x: 30, y: 60, w: 90, h: 30 }
  expect(middleRoi({ id: 1, kind: 'rect', width: 1 }, shown).pts).toEqual([
    [60, 70],
    [90, 80],
  ])
  expect(middleRoi({ id: 1, kind: 'polygon', width: 1 }, shown).pts).toHaveLength(4)
  expect(middleRoi({ id: 1, kind: 'line', width: 5 }, shown)).toMatchObject({ kind: 'line', width: 5 })
})
