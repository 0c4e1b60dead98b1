import fc from 'fast-check'
import { expect, test } from 'vitest'
import { builtinProfiles } from '../../src/play/profile.ts'
import { Schedule, type ScheduledMessage } from '../../src/play/schedule.ts'

const at = (timeMs: number, index = 0, bytes = 0): ScheduledMessage => ({ timeMs, index, bytes })

/** A schedule that begins at 10 000 on the clock with a message of the time 5 000. */
function begun(options: ConstructorParameters<typeof Schedule>[0]): Schedule {
  const schedule = new Schedule(options)
  schedule.anchor(at(5_000), 10_000)
  return schedule
}

test('at ten times the speed a message a minute later is due in six seconds', () => {
  expect(begun({ pace: { kind: 'speed', factor: 10 } }).plannedMs(at(65_000))).toBe(16_000)
})

test('at a rate messages are due by their number, at a byte rate by the bytes before them', () => {
  expect(begun({ pace: { kind: 'rate', perSecond: 250 } }).plannedMs(at(0, 1_000))).toBe(14_000)
  expect(begun({ pace: { kind: 'bytes', perSecond: 1_000 } }).plannedMs(at(0, 3, 2_500))).toBe(12_500)
})

test('due times are reckoned from the beginning: a million messages later there is no drift', () => {
  const schedule = begun({ pace: { kind: 'rate', perSecond: 3_000 } })
  for (let index = 0; index <= 1_000_000; index += 100_000)
    expect(schedule.plannedMs(at(0, index))).toBe(10_000 + (index * 1_000) / 3_000)
})

test('a pause makes everything that follows later by its length', () => {
  const schedule = begun({ pace: { kind: 'speed', factor: 1 } })
  schedule.pause(11_000)
  schedule.pause(12_000)
  schedule.resume(14_000)
  expect(schedule.plannedMs(at(8_000))).toBe(16_000)
})

test('a place that is sought during a pause begins when the pause ends', () => {
  const schedule = begun({ pace: { kind: 'speed', factor: 1 } })
  schedule.pause(11_000)
  schedule.anchor(at(90_000), 13_000)
  schedule.resume(15_000)
  expect(schedule.plannedMs(at(91_000))).toBe(16_000)
})

test('another speed keeps the place in the stream: the next message is as far away as the new speed says', () => {
  const schedule = begun({ pace: { kind: 'speed', factor: 1 } })
  // After 2 s the stream stands at 7 000; the next message is at 9 000.
  schedule.changePace({ kind: 'speed', factor: 4 }, { nowMs: 12_000, next: at(9_000, 5) })
  expect(schedule.plannedMs(at(9_000, 5))).toBe(12_500)
  expect(schedule.plannedMs(at(13_000, 6))).toBe(13_500)
})

test('another speed does not make up for a delay at the old one', () => {
  const schedule = begun({ pace: { kind: 'speed', factor: 1 } })
  schedule.changePace({ kind: 'speed', factor: 2 }, { nowMs: 20_000, next: at(6_000, 1) })
  expect(schedule.plannedMs(at(6_000, 1))).toBe(20_000)
  expect(schedule.plannedMs(at(8_000, 2))).toBe(21_000)
})

test('from a speed to a rate the next message goes at once', () => {
  const schedule = begun({ pace: { kind: 'speed', factor: 1 } })
  schedule.changePace({ kind: 'rate', perSecond: 10 }, { nowMs: 11_000, next: at(90_000, 7) })
  expect(schedule.plannedMs(at(90_000, 7))).toBe(11_000)
  expect(schedule.plannedMs(at(90_000, 8))).toBe(11_100)
})

test('jitter stays within its bounds, is the same for the same seed, and keeps the order of a partition', () => {
  const dues = (seed: number): number[] => {
    const schedule = begun({ pace: { kind: 'speed', factor: 1 }, jitterMs: 50, seed })
    return Array.from({ length: 500 }, (_, index) => schedule.dueMs(at(5_000 + index * 10, index), 'a/0'))
  }
  const [first, again, other] = [dues(1), dues(1), dues(2)]
  expect(again).toEqual(first)
  expect(other).not.toEqual(first)
  expect(first).toEqual(first.toSorted((a, b) => a - b))
  first.forEach((due, index) => expect(Math.abs(due - (10_000 + index * 10))).toBeLessThanOrEqual(50))
})

test('a cap lets a burst of 50 ms pass and then its rate', () => {
  const schedule = begun({ pace: { kind: 'asap' }, cap: 1_000 })
  const goes = Array.from({ length: 1_000 }, () => {
    const goMs = schedule.afterCap(10_000)
    schedule.departed(10_000, 1)
    return goMs
  })
  expect(goes.filter((ms) => ms === 10_000)).toHaveLength(51)
  expect(goes.at(-1)).toBe(10_000 + 999 - 50)
})

test('a profile repeats with its period and counts on through it', () => {
  const profile = builtinProfiles['rubin-visit']
  if (profile === undefined) throw new Error('no profile')
  const schedule = begun({ pace: { kind: 'profile', profile } })
  expect(schedule.plannedMs(at(0, 0))).toBe(10_000)
  expect(schedule.plannedMs(at(0, 10_000))).toBe(47_000)
})

test('whatever the speed changes, no message is due before one that comes before it', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          gapMs: fc.nat(5_000),
          speed: fc.option(fc.double({ min: 0.01, max: 100, noNaN: true })),
        }),
        {
          minLength: 2,
          maxLength: 50,
        },
      ),
      (steps) => {
        const schedule = begun({ pace: { kind: 'speed', factor: 1 } })
        let [timeMs, lastDue] = [5_000, 10_000]
        steps.forEach(({ gapMs, speed }, index) => {
          timeMs += gapMs
          const next = at(timeMs, index)
          if (speed !== null) schedule.changePace({ kind: 'speed', factor: speed }, { nowMs: lastDue, next })
          const due = schedule.plannedMs(next)
          expect(due).toBeGreaterThanOrEqual(lastDue - 1e-6)
          lastDue = Math.max(due, lastDue)
        })
      },
    ),
  )
})
