import { expect, test } from 'vitest'
import {
  adaptiveScan,
  rampPlan,
  statusOf,
  triggerAndRead,
  tuneCentroid,
  tweak,
  type Plan,
} from '../../src/index.ts'
import { failureOf, recordingEngine } from '../recording.ts'

/** The largest distance of positions from those expected; Infinity when there are more or fewer. */
function deviation(positions: readonly unknown[], expected: readonly number[]): number {
  if (positions.length !== expected.length) return Number.POSITIVE_INFINITY
  return Math.max(...positions.map((position, i) => Math.abs(Number(position) - (expected[i] ?? 0))))
}

test('an adaptive scan steps as the golden one, with and without stepping back', async () => {
  const r = recordingEngine()
  const { det, motor } = r.hw
  await r.RE.run(adaptiveScan([det], 'det', motor, -3, 3, 0.1, 2, 0.3, true))
  expect(
    deviation(
      r.events().map((event) => event.data['motor_setpoint']),
      [
        -3, -2.05, -0.89, -1.418042099359675, -0.7568127229457668, -0.9029119172383407, -0.3875538912200811,
        0.1425630699046414, 0.9666566388044194, 1.7620918665331702, 1.541634804642222, 2.1087515462160806,
        2.7356152607480175,
      ],
    ),
  ).toBeLessThan(1e-12)
  r.documents.length = 0
  await r.RE.run(adaptiveScan([det], 'det', motor, -3, 3, 0.1, 2, 0.3, false))
  expect(
    deviation(
      r.events().map((event) => event.data['motor_setpoint']),
      [-3, -2.05, -0.89, 0.16439158012806554, 1.2096343640782543, 2.1699068327204563],
    ),
  ).toBeLessThan(1e-12)
})

test('an adaptive scan downwards is the mirror image of the one upwards', async () => {
  const r = recordingEngine()
  const { det, motor } = r.hw
  await r.RE.run(adaptiveScan([det], 'det', motor, -3, 3, 0.1, 2, 0.3, true))
  const upwards = r.events().map((event) => -Number(event.data['motor_setpoint']))
  r.documents.length = 0
  await r.RE.run(adaptiveScan([det], 'det', motor, 3, -3, 0.1, 2, 0.3, true))
  expect(
    deviation(
      r.events().map((event) => event.data['motor_setpoint']),
      upwards,
    ),
  ).toBeLessThan(1e-12)
})

test('a field that no detector gives is named', async () => {
  const r = recordingEngine()
  const failure = await failureOf(
    r.RE.run(adaptiveScan([r.hw.det], 'nope', r.hw.motor, -3, 3, 0.1, 2, 0.3, true)),
  )
  expect(failure.message).toContain("no detector gives the field 'nope'")
})

test('tuning to a centroid goes the golden way and ends on the peak', async () => {
  const r = recordingEngine()
  await r.RE.run(tuneCentroid([r.hw.det], 'det', r.hw.motor, -5, 5, 0.5, 5))
  expect(
    deviation(
      r.events().map((event) => event.data['motor']),
      [
        -5, -2.5, 0, 2.5, 5, -1.666666666666667, -0.8333333333333334, 0, 0.8333333333333334,
        1.6666666666666667,
      ],
    ),
  ).toBeLessThan(1e-12)
  expect(Math.abs(Number(r.hw.motor.position))).toBeLessThan(1e-15)
})

test('a ramp is measured before, during and after, and fails when it takes too long', async () => {
  const r = recordingEngine()
  const ramp = (ms: number): Plan =>
    (function* (): Plan {
      yield* []
      return statusOf(new Promise((resolve) => setTimeout(resolve, ms)))
    })()
  const measure = (): Plan => triggerAndRead([r.hw.det])
  await r.RE.run(rampPlan(ramp(50), r.hw.sig, measure, true, null, 0.02))
  const points = r.events().length
  expect(points).toBeGreaterThanOrEqual(4)
  expect(points).toBeLessThanOrEqual(6)
  const failure = await failureOf(r.RE.run(rampPlan(ramp(500), r.hw.sig, measure, true, 0.05, 0.01)))
  expect(failure).toMatchObject({ code: 'PLAN_RAMP_TIMEOUT' })
  expect(r.stops().at(-1)?.exit_status).toBe('fail')
})

test('a tweak moves by what the operator says, until the answer is no number', async () => {
  const answers = ['0.5', '', 'done']
  const r = recordingEngine({ hooks: { inputHook: async () => answers.shift() ?? 'done' } })
  await r.RE.run(tweak(r.hw.det, 'det', r.hw.motor, 1))
  expect(r.events().map((event) => event.data['motor'])).toEqual([0, 0.5, 1])
})
