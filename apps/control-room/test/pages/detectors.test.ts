import { expect, test } from 'vitest'
import fc from 'fast-check'
import type { DrawnFrame } from '../../src/image/image-messages.ts'
import type { ImageStore } from '../../src/image/use-image.ts'
import { recordedRuns } from '../../src/pages/detectors/recorded-runs.ts'
import { numbersOf, withNumber } from '../../src/pages/detectors/roi-numbers.ts'
import { placeOf, valueAt } from '../../src/pages/detectors/scale-place.ts'
import { stepped } from '../../src/pages/detectors/step-image.ts'
import { keyChange } from '../../src/pages/detectors/use-detector-keys.ts'
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
  expect(press('p')).toMatchObject({ mode: 'pause' })
  expect(press('p', { mode: 'pause' })).toMatchObject({ mode: 'live' })
  expect(press('1')).toEqual({ region: { x: 100, y: 0, w: 800, h: 500 } })
  expect(['r', 'e', 'n', 'y', 'v', 'f', 'm'].map((key) => press(key))).toEqual([
    { tool: 'rect' },
    { tool: 'ellipse' },
    { tool: 'line' },
    { tool: 'polygon' },
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
  expect(withNumber(line, 2, 11).pts).toEqual([
    [90, 20],
    [11, 60],
  ])
})
