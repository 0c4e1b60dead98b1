import fc from 'fast-check'
import { expect, test } from 'vitest'
import { upright, type PicturePlace } from '../../src/image/orientation.ts'
import {
  geometryOf,
  noGeometry,
  positivesIn,
  radiusOf,
  spacingAt,
  twoThetaAt,
} from '../../src/image/resolution.ts'
import { ringsOf } from '../../src/image/rings.ts'

const optics = { wavelengthA: 1, distanceMm: 100, pixelUm: 75 }

test('a ring of 1 Å at 1 Å lies where 2θ is 60 degrees', () => {
  // sin θ = λ / 2d = 1/2, so θ = 30°, r = 100 mm · tan 60° = 173.205 mm.
  expect(radiusOf(optics, 1)).toBeCloseTo(173.2050808 / 0.075, 4)
  expect(twoThetaAt(optics, 173.2050808 / 0.075)).toBeCloseTo(Math.PI / 3, 8)
  expect(spacingAt(optics, 173.2050808 / 0.075)).toBeCloseTo(1, 8)
})

test('a spacing that no angle reaches, and one that scatters past the detector, has no ring', () => {
  expect(radiusOf(optics, 0.4)).toBeNull()
  expect(radiusOf(optics, 0.7)).toBeNull()
  expect(radiusOf({ ...optics, pixelUm: null }, 1)).toBeNull()
  expect(spacingAt({ ...optics, wavelengthA: null }, 10)).toBeNull()
})

test('radius and spacing belong together', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.8, max: 50, noNaN: true }), (spacing) => {
      expect(spacingAt(optics, radiusOf(optics, spacing) ?? 0)).toBeCloseTo(spacing, 6)
    }),
  )
})

test('what was stored is read whatever it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (stored) => {
      const { spacingsA, radiiPx } = geometryOf(stored)
      expect([...spacingsA, ...radiiPx].every((one) => one > 0)).toBe(true)
    }),
  )
  const whole = { ...optics, centre: { x: 3, y: 4 }, spacingsA: [2, 1], radiiPx: [7] }
  expect(geometryOf(structuredClone(whole))).toEqual(whole)
  expect(geometryOf({ ...whole, wavelengthA: -1, spacingsA: [0, 'x', 2] })).toMatchObject({
    wavelengthA: null,
    spacingsA: [2],
  })
})

test('lists of rings are typed with commas or blanks', () => {
  expect(positivesIn(' 2.94, 1.7;1 ')).toEqual([2.94, 1.7, 1])
  expect(positivesIn('')).toEqual([])
  expect([positivesIn('1, x'), positivesIn('0'), positivesIn('-2')]).toEqual([null, null, null])
})

test('rings are as large as they are seen, and their labels stand on them inside of the picture', () => {
  const place: PicturePlace = {
    region: { x: 0, y: 0, w: 1_000, h: 1_000 },
    box: { width: 500, height: 500 },
    orientation: { ...upright, isFlippedAcross: true },
  }
  const names = { spacing: (d: number) => `${d} Å`, radius: (r: number) => `${r} px` }
  const geometry = {
    ...noGeometry,
    ...optics,
    centre: { x: 100, y: 100 },
    spacingsA: [2, 0.4],
    radiiPx: [200, 205, 5_000],
  }
  const rings = ringsOf(geometry, place, names)
  expect(rings.map(({ label }) => label)).toEqual(['2 Å', '200 px', '205 px', '5000 px'])
  expect(rings[1]?.radius).toBe(100)
  // The centre is seen at the right, so the label stands to its left.
  const { x = 0, y = 0 } = rings[1]?.labelAt ?? {}
  expect(Math.hypot(x - 450, y - 50)).toBeCloseTo(100, 6)
  expect([x < 450, rings[2]?.labelAt === rings[1]?.labelAt, rings[3]?.labelAt]).toEqual([true, false, null])
  expect(ringsOf({ ...geometry, centre: null }, place, names)).toEqual([])
})
