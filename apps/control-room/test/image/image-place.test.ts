import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitted, kept, zoomed } from '../../src/image/image-place.ts'
import { toSource, upright } from '../../src/image/orientation.ts'

const source = { width: 2_000, height: 1_000 }
const whole = { x: 0, y: 0, w: 2_000, h: 1_000 }

test('a turn of the wheel halves what is shown, and the pixel under the pointer stays under it', () => {
  const about = { x: 500, y: 250, factor: 0.5 }
  const region = zoomed(whole, about, source)
  expect(region).toEqual({ x: 250, y: 125, w: 1_000, h: 500 })
  const box = { width: 800, height: 400 }
  const pointer = { x: 200, y: 100 }
  expect(toSource({ region: whole, box, orientation: upright }, pointer)).toEqual({ x: 500, y: 250 })
  expect(toSource({ region, box, orientation: upright }, pointer)).toEqual({ x: 500, y: 250 })
})

test('zooming out ends at the whole image, zooming in at eight pixels', () => {
  expect(zoomed({ x: 900, y: 400, w: 200, h: 100 }, { x: 950, y: 450, factor: 100 }, source)).toEqual(whole)
  const { w, h } = zoomed(whole, { x: 10, y: 10, factor: 1e-6 }, source)
  expect([w, h]).toEqual([8, 8])
})

test('a region that was dragged over an edge lies at the edge', () => {
  const size = { w: 200, h: 100 }
  expect(kept({ x: -30, y: 40, ...size }, source)).toEqual({ x: 0, y: 40, ...size })
  expect(kept({ x: 1_990, y: 2_000, ...size }, source)).toEqual({ x: 1_800, y: 900, ...size })
})

test('no series of zooms leaves the image', () => {
  const turn = fc.record({
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    y: fc.double({ min: 0, max: 1, noNaN: true }),
    factor: fc.constantFrom(0.8, 1.25),
  })
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
      let region = whole
      for (const { x, y, factor } of turns) {
        const about = { x: region.x + x * region.w, y: region.y + y * region.h, factor }
        region = zoomed(region, about, source)
        expect(region.x).toBeGreaterThanOrEqual(0)
        expect(region.y).toBeGreaterThanOrEqual(0)
        expect(region.x + region.w).toBeLessThanOrEqual(source.width + 1e-6)
        expect(region.y + region.h).toBeLessThanOrEqual(source.height + 1e-6)
      }
    }),
  )
})

test('the picture is as large as its room allows, with square pixels', () => {
  expect(fitted(whole, { width: 500, height: 900 })).toEqual({ width: 500, height: 250 })
  expect(fitted(whole, { width: 900, height: 100 })).toEqual({ width: 200, height: 100 })
  expect(fitted(whole, { width: 0, height: 0 })).toEqual({ width: 1, height: 1 })
})
