import fc from 'fast-check'
import { expect, test } from 'vitest'
import { statisticsOf, type SourceImage } from '../src/detectors/pixels.ts'
import { ShownImage } from '../src/detectors/shown-image.ts'
import { thresholdedImage, thresholdOf } from '../src/detectors/value-threshold.ts'
import { framesRequest } from '../src/detectors/view-request.ts'

function image(...values: readonly number[]): SourceImage {
  return { id: 1, width: values.length, height: 1, pixels: Uint16Array.from(values), atMs: 0 }
}

test('values beyond a threshold are left out of the numbers, or count as saturated', () => {
  const shown = new ShownImage(image(0, 5, 6, 10, 11, 65_535))
  const numbers = (how: 'masked' | 'saturated'): unknown => {
    const { masked, saturated, min, max } = shown.frames(null, { below: 6, above: 10, how }).statistics
    return { masked, saturated, min, max }
  }
  expect(numbers('masked')).toEqual({ masked: 4, saturated: 0, min: 6, max: 10 })
  expect(numbers('saturated')).toEqual({ masked: 2, saturated: 2, min: 6, max: 65_535 })
  // The same image for another viewer is as it came.
  expect(shown.frames(null).statistics).toMatchObject({ masked: 0, saturated: 1, sum: 65_567 })
})

test('a mask and a threshold hold together', () => {
  const shown = new ShownImage(image(1, 2, 3, 4))
  const mask = Uint8Array.of(0, 0, 1, 0)
  expect(shown.frames(mask, { below: null, above: 3, how: 'masked' }).statistics).toMatchObject({
    masked: 2,
    max: 2,
  })
  expect(shown.frames(mask).statistics).toMatchObject({ masked: 1, max: 4 })
})

test('whole numbers stay what they are when only saturation is asked for', () => {
  const { pixels, saturation } = thresholdedImage(image(1, 500, 501), {
    below: null,
    above: 500,
    how: 'saturated',
  })
  expect(pixels).toBeInstanceOf(Uint16Array)
  expect(statisticsOf(pixels, saturation)).toMatchObject({ saturated: 1, masked: 0 })
})

test('of any values exactly those beyond the bounds are left out', () => {
  const values = fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(values, fc.option(fc.integer()), fc.option(fc.integer()), (list, below, above) => {
      const pixels = Float32Array.from(list)
      const source = { id: 1, width: list.length, height: 1, pixels, atMs: 0 }
      const { pixels: kept } = thresholdedImage(source, { below, above, how: 'masked' })
      for (const [at, value] of pixels.entries()) {
        const isOut = (below !== null && value < below) || (above !== null && value > above)
        expect(Number.isNaN(kept[at])).toBe(isOut)
      }
    }),
  )
})

test('a threshold that bounds nothing is none, whatever is sent', () => {
  expect(thresholdOf({ below: '3', above: Number.NaN })).toBeNull()
  expect(thresholdOf({ below: 3, how: 'other' })).toEqual({ below: 3, above: null, how: 'masked' })
  const request = framesRequest(
    JSON.stringify({ op: 'view', id: 1, view: { det: 'd', threshold: { above: 9, how: 'saturated' } } }),
  )
  expect(request).toMatchObject({ view: { threshold: { below: null, above: 9, how: 'saturated' } } })
  fc.assert(fc.property(fc.jsonValue(), (value) => thresholdOf(value) === null || true))
})
