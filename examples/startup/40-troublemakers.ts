// Devices that are slow or fail, for trying out pauses, progress, error messages and retries.

import {
  RunEngineError,
  annotatePlan,
  mv,
  runWrapper,
  simMotor,
  sleep,
  statusOf,
  stageWrapper,
  synSignal,
  triggerAndRead,
  type Plan,
} from '@beamtime/run-engine'
import { setTimeout as delay } from 'node:timers/promises'
import { det, motor } from './00-standard-devices.ts'

/** Needs 10 s for one degree. */
export const slow_motor = simMotor('slow_motor', {
  units: 'deg',
  velocity: 0.1,
  accelerationTimeS: 0.5,
  limits: [-180, 180],
})

/** Every move fails after a moment. */
export const failing_motor = simMotor('failing_motor', {
  velocity: 1,
  fault: () => 'failing_motor hit its limit switch',
})

/** One move in five fails. */
export const flaky_motor = simMotor('flaky_motor', {
  velocity: 10,
  accelerationTimeS: 0.05,
  fault: () => (Math.random() < 0.2 ? 'flaky_motor lost its encoder for a moment' : null),
})

/** An exposure takes 2 s. */
export const slow_det = synSignal('slow_det', () => Math.random() * 1000, { exposureTimeS: 2, hinted: true })

/** Every exposure fails. */
export const failing_det = Object.assign(
  synSignal('failing_det', () => 0, { hinted: true }),
  { trigger: () => statusOf(fault('failing_det'), { name: 'failing_det' }) },
)

async function fault(name: string): Promise<never> {
  await delay(300)
  throw new RunEngineError({
    code: 'DEVICE_FAULT',
    text: `${name} lost its high voltage`,
    fault: 'environment',
    remedy: 'Switch the high voltage on again.',
    canRetry: true,
  })
}

/** Fails in the middle, with an error of the plan itself. */
export const fail_halfway = annotatePlan(
  function* (num = 10): Plan {
    const points = function* (): Plan<void> {
      for (let i = 0; i < num; i++) {
        if (i * 2 >= num) throw new Error('this plan fails in the middle, on purpose')
        yield* mv(motor, i)
        yield* triggerAndRead([det, motor])
        yield* sleep(0.2)
      }
    }
    return yield* stageWrapper(runWrapper(points(), { md: { plan_name: 'fail_halfway', num_points: num } }), [
      det,
      motor,
    ])
  },
  {
    name: 'fail_halfway',
    description: 'A plan that fails in the middle: to see what a failure looks like.',
    parameters: [
      {
        name: 'num',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Number of points of which half are measured.',
        annotation: { type: 'int' },
        default: 10,
        min: 2,
        max: 1000,
      },
    ],
    estimate: ({ num }) => ({ points: typeof num === 'number' ? num : 10 }),
  },
)
