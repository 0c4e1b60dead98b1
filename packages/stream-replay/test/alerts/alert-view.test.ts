import { gzipSync } from 'node:zlib'
import { frameDatum } from '@beamtime/stream-formats/avro'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alertDatums } from '../../src/alerts/alert-generator.ts'
import { alertSchema } from '../../src/alerts/alert-schema.ts'
import { cutoutFits } from '../../src/alerts/cutout-fits.ts'
import { alertView } from '../../src/alerts/alert-view.ts'
import { readAlert } from '../../src/alerts/read-alert.ts'
import { readFits } from '../../src/alerts/read-fits.ts'

const midpointMjdTai = 61_055.083_761_574_07

function alertOf(): unknown {
  const visit = { visit: 1, detector: 4, midpointMjdTai, firstAlertId: 5n, seed: 2 }
  const [datum] = alertDatums(visit, 1)
  return readAlert(frameDatum(0, datum ?? new Uint8Array()), () => null, [alertSchema()])
}

test('an alert of unknown schema id is read with a schema that fits, and shows magnitude, stamps and history', () => {
  const view = alertView(alertOf())
  expect(view.id).toBe('5')
  expect(view.mag).toBeGreaterThan(15)
  expect(view.mag).toBeLessThan(27)
  expect(view.stamps.map(({ name, width, height }) => [name, width, height])).toEqual([
    ['science', 55, 55],
    ['template', 55, 55],
    ['difference', 55, 55],
  ])
  expect(view.lightCurve).toHaveLength(42)
  expect(view.lightCurve.at(-1)).toMatchObject({ days: 0, mag: view.mag, isLimit: false })
  expect(new Date(view.takenMs ?? 0).toISOString().slice(0, 10)).toBe('2026-01-15')
})

test('an alert of ZTF is shown with its magnitudes, limits and packed stamps', () => {
  const pixels = Float32Array.from({ length: 9 }, (_, index) => index / 2)
  const stampData = gzipSync(cutoutFits(pixels, 3))
  const view = alertView({
    objectId: 'ZTF26aaaaaaa',
    candidate: { jd: 2_461_000.5, fid: 1, magpsf: 18.12, sigmapsf: 0.04, rb: 0.98, ra: 191.8, dec: 8.2 },
    prv_candidates: [
      { jd: 2_460_990.5, fid: 2, magpsf: 19, sigmapsf: 0.1 },
      { jd: 2_460_980.5, fid: 1, magpsf: null, diffmaglim: 20.5 },
    ],
    cutoutScience: { fileName: 'a.fits.gz', stampData },
  })
  expect(view).toMatchObject({
    objectId: 'ZTF26aaaaaaa',
    band: 'g',
    mag: 18.12,
    score: 0.98,
    firstSeenDays: 10,
  })
  expect(view.lightCurve).toEqual([
    { days: -20, band: 'g', mag: 20.5, magErr: null, isLimit: true },
    { days: -10, band: 'r', mag: 19, magErr: 0.1, isLimit: false },
    { days: 0, band: 'g', mag: 18.12, magErr: 0.04, isLimit: false },
  ])
  expect(view.stamps).toEqual([{ name: 'science', width: 3, height: 3, pixels }])
})

test('damaged stamps and values that are no alerts are told as such', () => {
  const whole = cutoutFits(new Float32Array(100), 10)
  fc.assert(
    fc.property(
      fc.nat(whole.length - 1),
      fc.integer({ min: 0, max: 255 }),
      fc.boolean(),
      (at, byte, isCut) => {
        const bytes = Buffer.from(whole)
        bytes[at] = byte
        const image = readFits(isCut ? bytes.subarray(0, at) : bytes)
        return image === null || image.pixels.length === image.width * image.height
      },
    ),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(readAlert(bytes, () => null, [])).toBeNull()
    }),
  )
})
