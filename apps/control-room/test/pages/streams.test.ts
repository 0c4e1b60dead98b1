// @vitest-environment happy-dom
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { topicsSnap } from '../../gallery/fake-server/streams.ts'
import { changedLines } from '../../src/pages/streams/changed-lines.ts'
import { shownMarks, spansOf } from '../../src/pages/streams/play-track.tsx'
import { prettyText } from '../../src/pages/streams/schema-panel.tsx'
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

test('changes between two texts keep what both have', () => {
  const marks = { same: ' ', added: '+', removed: '-' }
  const show = (before: string, after: string): string =>
    changedLines(Array.from(before), Array.from(after))
      .map(({ kind, text }) => `${marks[kind]}${text}`)
      .join('')
  expect(show('abc', 'abc')).toBe(' a b c')
  expect(show('abc', 'axc')).toBe(' a-b+x c')
  expect(show('ac', 'abc')).toBe(' a+b c')
  expect(show('', 'a')).toBe('+a')
  expect(show('aXbY', 'XaYb')).toHaveLength(12)
})

test('whatever the texts are, the changes lead from the one to the other', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', '}'), { maxLength: 30 })
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const changes = changedLines(before, after)
      expect(changes.filter(({ kind }) => kind !== 'added').map(({ text }) => text)).toEqual(before)
      expect(changes.filter(({ kind }) => kind !== 'removed').map(({ text }) => text)).toEqual(after)
    }),
  )
})

test('JSON of a schema is laid out, other texts stay as they are', () => {
  expect(prettyText({ schema: '{"type":"string"}' })).toBe('{\n  "type": "string"\n}')
  expect(prettyText({ schema: 'syntax = "proto3";' })).toBe('syntax = "proto3";')
})

test('a run on the track ends at its stop, at the next start or at the end', () => {
  const mark = (kind: 'start' | 'stop', uid: string, pct: number): Parameters<typeof spansOf>[0][number] => ({
    kind,
    uid,
    pct,
    ts: 0,
    label: '',
    durationMs: 0,
  })
  const marks = [
    mark('start', 'a', 10),
    mark('stop', 'a', 20),
    mark('start', 'b', 40),
    mark('start', 'c', 60),
  ]
  expect(spansOf(marks)).toEqual([
    { uid: 'a', fromPct: 10, toPct: 20 },
    { uid: 'b', fromPct: 40, toPct: 60 },
    { uid: 'c', fromPct: 60, toPct: 100 },
  ])
})

test('a gap is shown within a run, and anywhere in a recording without runs', () => {
  const mark = (kind: 'start' | 'stop' | 'gap', pct: number): Parameters<typeof shownMarks>[0][number] => ({
    kind,
    uid: kind === 'gap' ? null : 'a',
    pct,
    ts: 0,
    label: '',
    durationMs: 5_000,
  })
  const [start, within, stop, behind] = [
    mark('start', 10),
    mark('gap', 15),
    mark('stop', 20),
    mark('gap', 20),
  ]
  expect(shownMarks([start, within, stop, behind])).toEqual([start, within, stop])
  expect(shownMarks([within, behind])).toEqual([within, behind])
})
