// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { topicsSnap } from '../../gallery/fake-server/streams.ts'
import { positionText } from '../../src/pages/streams/alert-summary.tsx'
import { hexLines } from '../../src/pages/streams/message-panel.tsx'
import { lagTrend, makeTopicsStore } from '../../src/pages/streams/use-topics.ts'

test('a position is hours of right ascension and degrees of declination', () => {
  expect(positionText({ raDeg: 83.822_08, decDeg: -5.391_11 })).toBe('05h 35m 17.30s, −05° 23′ 28.0″')
  expect(positionText({ raDeg: 0, decDeg: 0 })).toBe('00h 00m 00.00s, +00° 00′ 00.0″')
})

test('seconds that round up to sixty carry over', () => {
  expect(positionText({ raDeg: 15 - 1e-9, decDeg: 10 - 1e-9 })).toBe('01h 00m 00.00s, +10° 00′ 00.0″')
})

test('an alert without a position shows a dash', () => {
  expect(positionText({ raDeg: null, decDeg: 3 })).toBe('–')
})

test('bytes are shown sixteen a line with offset and what can be read', () => {
  const hex = `${'41'.repeat(15)}00ff20`
  expect(hexLines(hex).split('\n')).toEqual([
    '0000  41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 00  AAAAAAAAAAAAAAA.',
    `0010  ${'ff 20'.padEnd(47)}  . `,
  ])
  expect(hexLines('')).toBe('')
})

const history = (...lags: readonly number[]): Parameters<typeof lagTrend>[0] => ({
  times: lags.map((_, index) => index),
  lags: [...lags],
})

test('a lag grows or falls only beyond its noise', () => {
  expect(lagTrend(history(0, 10, 20, 30, 49))).toBe('steady')
  expect(lagTrend(history(0, 20, 40, 60, 80))).toBe('grows')
  expect(lagTrend(history(400, 300, 200, 100, 0))).toBe('falls')
  expect(lagTrend(history(10_000, 10_200, 10_400, 10_600, 10_900))).toBe('steady')
})

test('a trend needs five looks and forgets what is older than a minute', () => {
  expect(lagTrend(history())).toBe('steady')
  expect(lagTrend(history(0, 5_000, 10_000, 20_000))).toBe('steady')
  expect(lagTrend(history(100_000, ...Array.from({ length: 60 }, () => 7)))).toBe('steady')
})

test('the lags of a group are kept for half an hour of looks', () => {
  const store = makeTopicsStore()
  const snap = topicsSnap()
  for (let look = 0; look < 2_500; look++) store.take(snap, look)
  const { times, lags } = store.lagOf('bl7_motion', 'beamtime-store')
  expect(times.length).toBe(lags.length)
  expect(times.length).toBeLessThanOrEqual(1_900)
  expect(times.length).toBeGreaterThanOrEqual(1_800)
  expect(times.at(-1)).toBe(2_499)
})
