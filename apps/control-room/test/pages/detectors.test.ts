import { expect, test } from 'vitest'
import fc from 'fast-check'
import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import type { DrawnFrame } from '../../src/image/image-messages.ts'
import type { ImageStore } from '../../src/image/use-image.ts'
import { axisTicks, pixelTicks } from '../../src/pages/detectors/axis-ticks.ts'
import { picturePlace } from '../../src/pages/detectors/picture-place.ts'
import { profileCsv } from '../../src/pages/detectors/profile-csv.ts'
import { profileLines } from '../../src/pages/detectors/profile-lines.ts'
import { recordedRuns } from '../../src/pages/detectors/recorded-runs.ts'
import { numbersOf, withNumber } from '../../src/pages/detectors/roi-numbers.ts'
import { placeOf, valueAt } from '../../src/pages/detectors/scale-place.ts'
import { stepped } from '../../src/pages/detectors/step-image.ts'
import { keyChange, movedRegion } from '../../src/pages/detectors/use-detector-keys.ts'
import {
  firstSettings,
  staleAfterMs,
  viewOf,
  type ViewSettings,
} from '../../src/pages/detectors/view-settings.ts'

const frame = {
  frameNumber: 500n,
  lo: 2,
  hi: 90,
  source: { width: 1_000, height: 500 },
  region: { x: 0, y: 0, w: 1_000, h: 500 },
} as unknown as DrawnFrame
const store = { getState: () => ({ frame }) } as unknown as ImageStore
const room = { width: 800, height: 700, ratio: 1 }
const looking = { room: { width: 400, height: 300, ratio: 1 }, source: frame.source }

test('each way of looking asks the server for its images, and a pause for none', () => {
  const ask = (change: Partial<typeof firstSettings>): unknown =>
    viewOf('d', { ...firstSettings, ...change }, looking)
  expect(ask({})).toMatchObject({ mode: 'latest', mask: true })
  expect(ask({ mode: 'sum', stack: 50, isMasked: false })).toMatchObject({ mode: 'sum 50', mask: false })
  expect(ask({ mode: 'pause' })).toBeNull()
  expect(ask({ mode: 'pause', held: 7 })).toMatchObject({ mode: 'held', image: 7 })
  expect(ask({ mode: 'recorded', image: 3 })).toMatchObject({ mode: 'recorded', run: 'current', image: 3 })
  expect(ask({ mode: 'recorded', run: '9-0' })).toMatchObject({ run: '9-0' })
})

test('an image is old after three periods of its detector, however slow', () => {
  expect(staleAfterMs(0.1)).toBe(30_000)
  expect(staleAfterMs(1)).toBe(3_000)
  expect(staleAfterMs(100)).toBe(1_000)
  expect(staleAfterMs(0)).toBe(2_000)
})

test('a pause steps back through 32 images and not beyond the one at which it began', () => {
  let settings: ViewSettings = { ...firstSettings, mode: 'pause' }
  expect(stepped(settings, frame, 1)).toBeUndefined()
  for (let time = 0; time < 40; time += 1) settings = { ...settings, ...stepped(settings, frame, -1) }
  expect(settings.held).toBe(469)
  for (let time = 0; time < 40; time += 1) settings = { ...settings, ...stepped(settings, frame, 1) }
  expect(settings.held).toBe(500)
  expect(stepped(firstSettings, frame, -1)).toBeUndefined()
  expect(stepped({ ...firstSettings, mode: 'recorded', image: 0 }, frame, -1)).toEqual({ image: 0 })
  expect(stepped({ ...firstSettings, mode: 'recorded', image: 4 }, frame, 1)).toEqual({ image: 5 })
})

test('keys change how the image is looked at', () => {
  const press = (key: string, change: Partial<typeof firstSettings> = {}): unknown =>
    keyChange(key, { settings: { ...firstSettings, ...change }, store, room })
  expect(press('l')).toEqual({ scale: 'sqrt' })
  expect(press('a')).toEqual({ auto: 'off', lo: 2, hi: 90 })
  expect(press('a', { auto: 'off' })).toEqual({ auto: 'p0.1-99.9' })
  // The image that is shown is held, so that what is drawn on it is counted; a sum is no image of the buffer.
  expect(press('p')).toEqual({ mode: 'pause', held: 500, newest: 500 })
  expect(press('p', { mode: 'sum' })).toEqual({ mode: 'pause', held: null, newest: null })
  expect(press('p', { mode: 'pause' })).toMatchObject({ mode: 'live' })
  expect(press('1')).toEqual({ region: { x: 100, y: 0, w: 800, h: 500 } })
  expect(['r', 'e', 'n', 'y', 'b', 'v', 'f', 'm'].map((key) => press(key))).toEqual([
    { tool: 'rect' },
    { tool: 'ellipse' },
    { tool: 'line' },
    { tool: 'polygon' },
    { tool: 'centre', hasRings: true },
    { tool: 'point' },
    { region: null },
    { isMasked: false },
  ])
  expect(press('q')).toBeUndefined()
})

test('numbers beside the colour bar stand where their colours are', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('linear', 'log', 'sqrt', 'asinh'),
      fc.integer({ min: -1_000, max: 1_000 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (scale, lo, width, place) => {
        const range = { scale, lo, hi: lo + width } as const
        expect(placeOf(range, valueAt(range, place))).toBeCloseTo(place, 5)
      },
    ),
  )
  expect(valueAt({ scale: 'log', lo: 3, hi: 3 }, 0.5)).toBe(3)
})

test('acquisitions are read newest first, whatever else the answer holds', () => {
  const run = (file: string, more: object): object => ({
    state: 'FINISHED',
    info: { output_file: file, n_images: 5 },
    stats: { n_write_completed: 5 },
    ...more,
  })
  expect(
    recordedRuns({
      logs: {
        '10-0': run('/d/a.h5', {}),
        '20-0': run('/d/b.h5', { info: { output_file: '/d/b.h5', n_images: -1 }, stats: {} }),
        '15-0': run('/d/c.h5', { state: 'FAILED' }),
        '5-0': { info: {} },
      },
    }),
  ).toEqual([
    { id: '20-0', file: '/d/b.h5', name: 'b.h5', images: 0, wanted: null, isFailed: false },
    { id: '15-0', file: '/d/c.h5', name: 'c.h5', images: 5, wanted: 5, isFailed: true },
    { id: '10-0', file: '/d/a.h5', name: 'a.h5', images: 5, wanted: 5, isFailed: false },
  ])
  fc.assert(fc.property(fc.jsonValue(), (answer) => Array.isArray(recordedRuns(answer))))
})

test('a region is read and typed as numbers, whichever way it was drawn', () => {
  const drawn = {
    id: 3,
    kind: 'rect',
    pts: [
      [90, 20],
      [10, 60],
    ],
  } as const
  expect(numbersOf(drawn).map(({ name, value }) => `${name} ${value}`)).toEqual([
    'x 10',
    'y 20',
    'w 80',
    'h 40',
  ])
  expect(withNumber(drawn, 0, 15).pts).toEqual([
    [15, 20],
    [95, 60],
  ])
  expect(withNumber(drawn, 3, 0).pts).toEqual([
    [10, 20],
    [90, 21],
  ])
  const line = { ...drawn, kind: 'line' } as const
  expect(withNumber(line, 2, 11)).toMatchObject({
    pts: [
      [90, 20],
      [11, 60],
    ],
    width: 1,
  })
  expect(withNumber(line, 4, 33)).toMatchObject({ pts: line.pts, width: 20 })
  const polygon = {
    id: 4,
    kind: 'polygon',
    pts: [
      [1, 2],
      [3, 4],
      [5, 6.5],
    ],
  } as const
  expect(
    numbersOf(polygon)
      .map(({ name, value }) => `${name} ${value}`)
      .slice(4),
  ).toEqual(['x3 5', 'y3 6.5'])
  expect(withNumber(polygon, 3, 9).pts).toEqual([
    [1, 2],
    [3, 9],
    [5, 6.5],
  ])
})

test('values of pixels are asked for from more than 8:1 on, for whole pixels', () => {
  const asked = (w: number): unknown =>
    viewOf('d', { ...firstSettings, region: { x: 10.3, y: 20.7, w, h: w * 0.75 } }, looking)
  expect(asked(49.5)).toMatchObject({ values: false, view: { x: 10, y: 20, w: 50, h: 38 } })
  expect(asked(40)).toMatchObject({ values: true, view: { x: 10, y: 20, w: 40, h: 30 } })
})

test('a picture that is transposed asks for as many pixels as it shows', () => {
  const orientation = { ...firstSettings.orientation, isTransposed: true }
  expect(viewOf('d', { ...firstSettings, orientation }, looking)).toMatchObject({ out: { w: 300, h: 400 } })
})

test('an arrow moves the chosen region to where it points in a mirrored picture', () => {
  const rois = [
    {
      id: 1,
      kind: 'rect',
      pts: [
        [10, 10],
        [20, 20],
      ],
    },
  ] as const
  const orientation = { isTransposed: false, isFlippedAcross: true, isFlippedDown: false }
  expect(movedRegion({ ...firstSettings, rois, selected: 1, orientation }, [10, 0])?.rois?.[0]?.pts).toEqual([
    [0, 10],
    [10, 20],
  ])
})

test('ticks stand where their pixels are, whichever way the picture is turned', () => {
  const turned = { isTransposed: true, isFlippedAcross: false, isFlippedDown: true }
  const { across, down } = axisTicks(
    picturePlace(
      { region: null, orientation: turned },
      { width: 1_000, height: 500 },
      { width: 250, height: 500 },
    ),
  )
  // Half a pixel of the source is a quarter of one in the picture.
  expect(across.values.map((value, at) => [value, across.places[at]])).toEqual([
    [0, 0.25],
    [200, 100.25],
    [400, 200.25],
  ])
  expect(down.values.map((value, at) => [value, down.places[at]])[1]).toEqual([200, 399.75])
  expect(pixelTicks(243, 17, 6)).toEqual([245, 250, 255])
  expect(pixelTicks(243, 4, 6)).toEqual([243, 244, 245, 246])
})

test('the profile of a wide line has its band, and as CSV its places', () => {
  const line = {
    id: 7,
    kind: 'line',
    pts: [
      [10, 5],
      [13, 9],
    ],
    width: 3,
  } as const
  const profile = {
    id: 7,
    mean: Float64Array.of(2, Number.NaN),
    min: Float64Array.of(1, Number.NaN),
    max: Float64Array.of(4.5, Number.NaN),
  }
  const keys = (rois: readonly ImageRoi[]): string[] => profileLines(rois, 7, [profile]).map(({ key }) => key)
  expect(keys([line])).toEqual(['mean 7', 'min 7', 'max 7'])
  expect(keys([{ ...line, width: 1 }])).toEqual(['mean 7'])
  expect(keys([{ ...line, kind: 'rect' }])).toEqual([])
  expect(profileCsv(line, profile)).toBe(
    'distance_px,x_px,y_px,mean,min,max\r\n0,10,5,2,1,4.5\r\n1,10.6,5.8,,,\r\n',
  )
})
