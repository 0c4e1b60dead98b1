import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  pictureScale,
  stepInSource,
  toPicture,
  toSource,
  turnedSize,
  turnMatrix,
  type Orientation,
  type PicturePlace,
} from '../../src/image/orientation.ts'

const yesOrNo = [false, true] as const
const orientations: readonly Orientation[] = yesOrNo.flatMap((isTransposed) =>
  yesOrNo.flatMap((isFlippedAcross) =>
    yesOrNo.map((isFlippedDown) => ({ isTransposed, isFlippedAcross, isFlippedDown })),
  ),
)
const region = { x: 100, y: 40, w: 200, h: 50 }
/** Twice as large as the source, whichever way it is turned. */
function placeOf(orientation: Orientation): PicturePlace {
  return { region, orientation, box: turnedSize({ width: 400, height: 100 }, orientation) }
}

test('the first pixel of the source is seen in another corner in each way of mirroring', () => {
  const first = orientations.map((orientation) => {
    const place = placeOf(orientation)
    const { x, y } = toPicture(place, { x: 100, y: 40 })
    return `${x === 0 ? 'left' : 'right'} ${y === 0 ? 'top' : 'bottom'}`
  })
  const corners = ['left top', 'left bottom', 'right top', 'right bottom']
  expect(first).toEqual([...corners, ...corners])
})

test('what lies to the right in the source lies below when it is transposed', () => {
  const transposed = placeOf({ isTransposed: true, isFlippedAcross: false, isFlippedDown: false })
  expect(transposed.box).toEqual({ width: 100, height: 400 })
  expect(toPicture(transposed, { x: 150, y: 40 })).toEqual({ x: 0, y: 100 })
  expect(toPicture(transposed, { x: 100, y: 50 })).toEqual({ x: 20, y: 0 })
})

test.each(orientations)('place in the picture and place in the source belong together: %o', (orientation) => {
  const place = placeOf(orientation)
  expect(pictureScale(place)).toBe(2)
  fc.assert(
    fc.property(
      fc.double({ min: 90, max: 310, noNaN: true }),
      fc.double({ min: 30, max: 100, noNaN: true }),
      (x, y) => {
        const back = toSource(place, toPicture(place, { x, y }))
        expect(back.x).toBeCloseTo(x, 6)
        expect(back.y).toBeCloseTo(y, 6)
      },
    ),
  )
})

test.each(orientations)('the canvas is turned as the regions over it are: %o', (orientation) => {
  const place = placeOf(orientation)
  const [a, b, c, d, e, f] = turnMatrix(orientation, place.box)
  for (const [x, y] of [
    [100, 40],
    [300, 40],
    [137, 81],
  ] as const) {
    // Where the pixel lies on the canvas, which has the shape of the source.
    const [onX, onY] = [(x - region.x) * 2, (y - region.y) * 2]
    const seen = toPicture(place, { x, y })
    expect(a * onX + c * onY + e).toBeCloseTo(seen.x, 9)
    expect(b * onX + d * onY + f).toBeCloseTo(seen.y, 9)
  }
})

test.each(orientations)('an arrow moves to where it points: %o', (orientation) => {
  const place = placeOf(orientation)
  const from = { x: 150, y: 60 }
  for (const [across, down] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    const [dx, dy] = stepInSource(orientation, [across, down])
    const [before, after] = [toPicture(place, from), toPicture(place, { x: from.x + dx, y: from.y + dy })]
    expect(after.x - before.x).toBeCloseTo(2 * across, 9)
    expect(after.y - before.y).toBeCloseTo(2 * down, 9)
  }
})
