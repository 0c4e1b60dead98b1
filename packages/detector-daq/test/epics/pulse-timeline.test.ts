import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PulseTimeline } from '../../src/epics/pulse-timeline.ts'

function timeline(points: readonly (readonly [number, number])[]): PulseTimeline {
  const made = new PulseTimeline()
  made.add(points.map(([epicsUs, pulseId]) => ({ epicsUs, pulseId })))
  return made
}

test('values get the pulse before them; one at the time of the next pulse still counts to the previous', () => {
  // Vector of the mapping test of std_daq_service.
  const pulses = timeline([5, 10, 15, 20, 25, 30].map((time) => [time, time * 1000] as const))
  expect([1, 4, 7, 8, 10, 11, 33].map((time) => pulses.pulseOf(time))).toEqual([
    0, 0, 5000, 5000, 5000, 10000, 30000,
  ])
})

test('a value at the time of the first pulse belongs to it, and without pulses there is none', () => {
  expect(timeline([[5, 1]]).pulseOf(5)).toBe(1)
  expect(timeline([]).pulseOf(5)).toBe(0)
})

test('whatever the order of the values, each gets what a search from the start gives', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(5_000), { maxLength: 2_000 }),
      fc.array(fc.nat(5_100)),
      (times, values) => {
        const points = times.toSorted((a, b) => a - b).map((time, at) => [time, at + 1] as const)
        const pulses = timeline(points)
        for (const value of values) {
          const below = points.filter(([time], at) => time < value || (at === 0 && time === value)).at(-1)
          expect(pulses.pulseOf(value)).toBe(below?.[1] ?? 0)
        }
      },
    ),
    { numRuns: 50 },
  )
})
