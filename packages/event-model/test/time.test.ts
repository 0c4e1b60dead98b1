import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  epicsSeconds,
  epicsSecondsFromUnix,
  unixMs,
  unixMsFromNs,
  unixMsFromSeconds,
  unixNs,
  unixNsFromMs,
  unixNsFromSeconds,
  unixSeconds,
  unixSecondsFromEpics,
  unixSecondsFromMs,
  unixSecondsFromNs,
  unixSecondsNow,
} from '../src/index.ts'

test('the EPICS epoch is 1990-01-01', () => {
  expect(unixSecondsFromEpics(epicsSeconds(0)) * 1000).toBe(Date.UTC(1990, 0, 1))
  expect(epicsSecondsFromUnix(unixSeconds(631_152_001.5))).toBe(1.5)
})

test('milliseconds and nanoseconds', () => {
  expect(unixMsFromSeconds(unixSeconds(1.5))).toBe(1500)
  expect(unixSecondsFromMs(unixMs(1500))).toBe(1.5)
  expect(unixSecondsFromNs(unixNs(1_700_000_000_500_000_000n))).toBe(1_700_000_000.5)
  expect(unixNsFromSeconds(unixSeconds(1.25))).toBe(1_250_000_000n)
  expect(unixMsFromNs(unixNs(1_999_999n))).toBe(1)
  expect(unixNsFromMs(unixMs(1.5))).toBe(1_500_000n)
})

test('seconds to nanoseconds and back is exact to the resolution of a double', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e9, max: 4e9, noNaN: true }), (seconds) => {
      const back = unixSecondsFromNs(unixNsFromSeconds(unixSeconds(seconds)))
      expect(Math.abs(back - seconds)).toBeLessThan(1e-6)
    }),
  )
})

test('now follows the system clock within 3 ms and does not stand still', () => {
  const first = unixSecondsNow()
  expect(Math.abs(first * 1000 - Date.now())).toBeLessThan(3)
  let later = unixSecondsNow()
  while (later === first) later = unixSecondsNow()
  expect(later - first).toBeLessThan(0.01)
})
