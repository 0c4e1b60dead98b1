import {
  annotatePlan,
  checkpoint,
  closeRun,
  count,
  inputPlan,
  mv,
  oneShot,
  openRun,
  sleep,
  type Device,
  type Movable,
  type Plan,
  type RunEngine,
} from '@beamtime/run-engine'
import { det, stage } from './devices.ts'

export function* moveStage(position: number): Plan<void> {
  yield* mv(stage, position)
}

export function* slowSteps(steps = 100, stepS = 0.02): Plan<void> {
  for (let n = 0; n < steps; n += 1) {
    yield* checkpoint()
    yield* sleep(stepS)
  }
}

/** Tells on the console which event has been emitted, so that a test knows what must not be lost. */
export function* loudRun(points: number): Plan<void> {
  yield* openRun({ plan_name: 'loudRun', num_points: points })
  for (let n = 1; n <= points; n += 1) {
    yield* oneShot([det])
    process.stdout.write(`emitted ${n}\n`)
    yield* sleep(0.002)
  }
  yield* closeRun()
}

export function* failing(): Plan<void> {
  yield* sleep(0)
  throw new Error('the plan is broken')
}

export function* blocking(ms: number): Plan<void> {
  const end = Date.now() + ms
  while (Date.now() < end) Math.random()
  yield* sleep(0)
}

export function* asking(): Plan {
  return yield* inputPlan('Name of the sample? ')
}

export function* typed(device: Movable, devices: readonly Device[], text: string): Plan {
  yield* sleep(0)
  return { device: device.name, devices: devices.map((one) => one.name), text }
}
annotatePlan(typed, {
  name: 'typed_names',
  description: 'Gives back what it got.',
  parameters: [
    {
      name: 'device',
      kind: 'POSITIONAL_OR_KEYWORD',
      annotation: { type: '__MOVABLE__' },
      min: -1,
      max: 1.5,
      unit: 'mm',
    },
    {
      name: 'devices',
      kind: 'POSITIONAL_OR_KEYWORD',
      annotation: { type: 'typing.List[Listed]', devices: { Listed: ['motor', 'det'] } },
      default: ['det'],
    },
    { name: 'text', kind: 'POSITIONAL_OR_KEYWORD', annotation: { type: 'str' }, default: 'det' },
  ],
})

export function* fast(events: number): Plan {
  return yield* count([det], events)
}

export function add(a: number, b: number): number {
  process.stdout.write(`adding ${a} and ${b}\n`)
  return a + b
}

export function setup(RE: RunEngine): void {
  RE.md['from_setup'] = true
}
