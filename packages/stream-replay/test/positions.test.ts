import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBytes, parseDurationMs, parsePosition, parseRing } from '../src/positions.ts'

test.each([
  ['250ms', 250],
  ['37s', 37_000],
  ['37', 37_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
])('the duration %s is %d ms', (text, ms) => {
  expect(parseDurationMs(text, '--x')).toBe(ms)
})

test.each([
  ['64k', 65_536],
  ['10M', 10_485_760],
  ['2G', 2_147_483_648],
  ['1.5kB', 1_536],
  ['1MiB', 1_048_576],
  ['100', 100],
])('the size %s is %d bytes, in powers of two', (text, bytes) => {
  expect(parseBytes(text, '--x')).toBe(bytes)
})

test.each([
  ['earliest', { kind: 'earliest' }],
  ['end', { kind: 'latest' }],
  ['#12', { kind: 'number', index: 12 }],
  ['@3', { kind: 'offset', offset: 3 }],
  ['-10m', { kind: 'before-end', ms: 600_000 }],
  ['12.5%', { kind: 'percent', percent: 12.5 }],
  ['run:3f2a-1', { kind: 'run', uid: '3f2a-1' }],
  ['1700000000000', { kind: 'time', timestampMs: 1_700_000_000_000 }],
  ['2026-01-31T12:00:00Z', { kind: 'time', timestampMs: Date.UTC(2026, 0, 31, 12) }],
])('%s is a place in a stream', (text, position) => {
  expect(parsePosition(text, '--start')).toEqual(position)
})

test('a ring keeps an age, a size or both', () => {
  expect(parseRing('10m')).toEqual({ ageMs: 600_000, bytes: null })
  expect(parseRing('2G')).toEqual({ ageMs: null, bytes: 2_147_483_648 })
  expect(parseRing('10m, 64k')).toEqual({ ageMs: 600_000, bytes: 65_536 })
  expect(() => parseRing('10m,5m')).toThrow(/twice/)
})

test('whatever is given is a place or a usage error that names the option', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parsePosition(text, '--start')
      } catch (error) {
        expect(error).toMatchObject({ code: 'REPLAY_USAGE' })
        expect((error as Error).message).toMatch(/--start/)
      }
    }),
  )
})
