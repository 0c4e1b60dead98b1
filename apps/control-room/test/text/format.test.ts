import { expect, test } from 'vitest'
import { formatBytes, formatCount, formatNumber, formatUncertain } from '../../src/text/format-number.ts'
import {
  formatClock,
  formatDuration,
  formatIso,
  formatMinute,
  formatShortMoment,
  setZone,
} from '../../src/text/format-time.ts'

const nb = '\u00a0'

test.each([
  [0, '0'],
  [5513, `5${nb}513`],
  [480_067, `480${nb}067`],
  [1_204_321, '1.204e6'],
  [0.01234567, '0.01235'],
  [0.0004, '4.000e-4'.replace('-', '−')],
  [-0.05, '−0.05000'],
  [12.3456, '12.35'],
  [123_456.7, '1.235e5'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
  [null, '–'],
  [undefined, '–'],
])('%s is shown as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text)
})

test('digits of the device are kept, also of whole values', () => {
  expect(formatNumber(0.013, { precision: 4 })).toBe('0.0130')
  expect(formatNumber(1, { precision: 3 })).toBe('1.000')
  expect(formatNumber(0, { precision: 2 })).toBe('0.00')
})

test('counts have thousands whatever their size', () => {
  expect(formatCount(1_234_567)).toBe(`1${nb}234${nb}567`)
})

test('the uncertainty stands in the last digits shown', () => {
  expect(formatUncertain(-0.001_213, 0.000_03)).toEqual({ value: '−0.00121', uncertainty: '(3)' })
  expect(formatUncertain(7.123_84, 0.000_19)).toEqual({ value: '7.1238', uncertainty: '(2)' })
  expect(formatUncertain(12.3, 0.98)).toEqual({ value: '12', uncertainty: '(1)' })
  expect(formatUncertain(5, Number.NaN).uncertainty).toBe('')
})

test('byte sizes have binary units and three digits', () => {
  expect(formatBytes(611 * 1_048_576)).toEqual({ value: '611', unit: 'MiB' })
  expect(formatBytes(1_095_216_660)).toEqual({ value: '1.02', unit: 'GiB' })
  expect(formatBytes(null)).toEqual({ value: '–', unit: '' })
})

test.each([
  [0.25, `250${nb}ms`],
  [5.7, `5.7${nb}s`],
  [41, `41${nb}s`],
  [300, `5${nb}min`],
  [9_300, `2${nb}h${nb}35`],
  [1_051_200, `12${nb}d${nb}4${nb}h`],
  [Number.NaN, '–'],
])('%s seconds are shown as %s', (seconds, text) => {
  expect(formatDuration(seconds).replaceAll(/\s/g, nb)).toBe(text)
})

test('times are those of the facility, with the date when it is not today', () => {
  setZone('Europe/Berlin')
  const noon = Date.UTC(2026, 10, 20, 13, 21, 7, 118)
  expect(formatClock(noon)).toBe('14:21:07')
  expect(formatMinute(noon, noon + 60_000)).toBe('14:21')
  expect(formatMinute(noon, noon + 86_400_000)).toBe('2026-11-20 14:21')
  expect(formatShortMoment(noon, noon + 86_400_000)).toBe('20 Nov 14:21')
  expect(formatIso(noon)).toBe('2026-11-20T14:21:07.118+01:00')
})

test('an unknown zone falls back to that of the browser', () => {
  setZone('Mars/Olympus')
  expect(formatClock(0)).toMatch(/^\d\d:\d\d:\d\d$/)
})
